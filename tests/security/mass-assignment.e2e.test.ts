import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cleanUp } from '../e2e/support/launch.ts';
import { multipart } from '../e2e/support/upload.ts';
import type { Sent } from './support/exchange.ts';
import { type Ground, ground } from './support/ground.ts';
import { keyOf, type Operation, type Schema } from './support/open-api.ts';
import { jsonOf } from './support/requests.ts';

type Body = Readonly<Record<string, unknown>>;
let place: Ground;
let before: unknown;

beforeAll(async () => {
  place = await ground();
  before = await place.everything();
});
afterAll(cleanUp);

/** What the services keep beside what they show. */
const hidden = [
  '_id',
  'changedAt',
  'deletedAt',
  'outbox',
  'fingerprint',
  'historyHash',
  'importId',
  'amountMinor',
  'passwordHash',
  'sessions',
].concat([
  'grants',
  'tokens',
  'verifiedAt',
  'isAdmin',
  'role',
  'status',
  'userId',
  'ownerId',
  'seq',
  'fired',
  'granteeId',
  'createdBy',
  'id',
  'version',
]);

/** The names of all fields of what a schema describes, its items' included. */
function fieldsOf(schema: Schema | undefined): string[] {
  if (schema === undefined) return [];
  const { properties = {}, items, anyOf = [], oneOf = [], allOf = [] } = place.openApi.resolved(schema);
  const inner = [...anyOf, ...oneOf, ...allOf, ...(items ? [items] : []), ...(properties['items'] ? [properties['items']] : [])];
  return [...Object.keys(properties), ...inner.flatMap(fieldsOf)];
}
const jsonOfContent = (content: Operation['requestBody']): Schema | undefined => content?.content['application/json']?.schema;

/** What the answers at this path and around it show, and the request can't say: the server's own. */
function serverOwned(operation: Operation): string[] {
  const taken = new Set(fieldsOf(jsonOfContent(operation.requestBody)));
  const collection = operation.path.replace(/\/\{id\}.*$/, '');
  const around = place.openApi.operations.filter(({ path }) => path === operation.path || path.replace(/\/\{id\}.*$/, '') === collection);
  const shown = around.flatMap(({ responses }) =>
    Object.entries(responses)
      .filter(([status]) => status.startsWith('2'))
      .flatMap(([, answer]) => fieldsOf(answer.content?.['application/json']?.schema)),
  );
  return [...new Set([...shown, ...hidden])].filter(
    (name) => !taken.has(name) && name !== 'items' && name !== 'nextCursor' && name !== 'total',
  );
}

/** Every place in a body where an object stands, as the way there; maps of names that people choose aside. */
function objectsIn(value: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, part]) => objectsIn(part, [...way, Array.isArray(value) ? Number(name) : name]));
  return Array.isArray(value) || way.at(-1) === 'customFields' ? inner : [way, ...inner];
}
function withField(body: unknown, way: readonly (string | number)[], name: string, value: unknown): unknown {
  const [first, ...rest] = way;
  if (first === undefined) return { ...(body as Body), [name]: value };
  if (Array.isArray(body)) return body.map((part, at) => (at === first ? withField(part, rest, name, value) : part));
  return { ...(body as Body), [first]: withField((body as Body)[first], rest, name, value) };
}

const values = ['x', 1, true, null, {}, []];
const takersOf = (type: string): Operation[] =>
  place.openApi.operations.filter(({ requestBody }) => requestBody?.content[type] !== undefined);
const tokenFor = ({ security }: Operation): Pick<Sent, 'token'> =>
  security.length === 0 ? {} : { token: place.cast.owner.tokens.accessToken };

async function expectUnknown(operation: Operation, sent: Sent, path: string): Promise<void> {
  const heard = await place.askEverywhere(operation.method, place.pathOf(operation), { ...tokenFor(operation), ...sent });
  for (const { door, answer } of heard) {
    const told = { door, at: `${keyOf(operation)} ${path}` };
    expect({ ...told, status: answer.status, code: answer.body.code, errors: answer.body.errors }).toEqual({
      ...told,
      status: 400,
      code: 'validation-failed',
      errors: expect.arrayContaining([{ path, code: 'unknown-field', message: expect.any(String) }]),
    });
  }
}

describe('a field that is the server\u2019s own is unknown in every body', () => {
  test('at its top, whatever its value', async () => {
    let tried = 0;
    for (const operation of takersOf('application/json')) {
      const good = operation.requestBody!.content['application/json']!.example as Body;
      const names = serverOwned(operation);
      const ask = (name: string, at: number): Promise<void> =>
        expectUnknown(operation, jsonOf({ ...good, [name]: values[at % values.length] }), `/${name}`);
      for (let at = 0; at < names.length; at += 10) await Promise.all(names.slice(at, at + 10).map((name, nth) => ask(name, at + nth)));
      tried += names.length;
    }
    expect(tried).toBeGreaterThan(500);
  });

  test('and wherever an object stands in it', async () => {
    const nested = takersOf('application/json').flatMap((operation) => {
      const good = operation.requestBody!.content['application/json']!.example;
      return objectsIn(good)
        .filter((way) => way.length > 0)
        .map((way) => ({ operation, good, way }));
    });
    expect(nested.length).toBeGreaterThan(5);
    for (const { operation, good, way } of nested)
      for (const name of ['id', 'ownerId', 'version', 'fired', 'createdAt'])
        await expectUnknown(operation, jsonOf(withField(good, way, name, 'x')), `/${[...way, name].join('/')}`);
  });

  test('in the options of an upload', async () => {
    const uploads = takersOf('multipart/form-data');
    expect(uploads.map(keyOf)).toEqual(['POST /records/bulk-import']);
    for (const operation of uploads) {
      const { file, options } = operation.requestBody!.content['multipart/form-data']!.example as { file: string; options: unknown };
      for (const name of hidden) {
        const { raw, headers } = multipart(Buffer.from(file), withField(options, [], name, 'x'));
        await expectUnknown(operation, { body: raw, headers }, `/options/${name}`);
      }
    }
  });

  test('and as a parameter of every write', async () => {
    for (const operation of place.openApi.operations.filter(({ method }) => method !== 'GET')) {
      const known = new Set(operation.parameters.map(({ name }) => name));
      for (const name of ['id', 'ownerId', 'userId', 'version', 'role'].filter((each) => !known.has(each))) {
        const good = operation.requestBody?.content['application/json']?.example;
        const sent = { ...tokenFor(operation), ...(good === undefined ? {} : jsonOf(good)) };
        for (const { answer } of await place.askEverywhere(operation.method, `${place.pathOf(operation)}?${name}=x`, sent))
          expect([keyOf(operation), answer.status, answer.body?.errors]).toEqual([
            keyOf(operation),
            400,
            [{ path: `/${name}`, code: 'unknown-parameter', message: expect.any(String) }],
          ]);
      }
    }
  });

  test('and changes nothing', async () => expect(await place.everything()).toEqual(before));
});
