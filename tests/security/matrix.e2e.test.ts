import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cleanUp } from '../e2e/support/launch.ts';
import { type Actor, actors, type Cast, fateOf, turnedAway } from './matrix/actors.ts';
import { references, type Row, routes } from './matrix/routes.ts';
import { makers, type Thing } from './matrix/things.ts';
import { exchange, type Sent } from './support/exchange.ts';
import { type Ground, ground, type SentTo } from './support/ground.ts';
import { keyOf, type Operation } from './support/open-api.ts';
import { exampleOf, jsonOf } from './support/requests.ts';

let place: Ground;
let cast: Cast;
let owned: Ground['owned'];
let before: unknown;

beforeAll(async () => {
  place = await ground();
  ({ cast, owned } = place);
  before = await place.everything();
});
afterAll(cleanUp);

const askEverywhere: Ground['askEverywhere'] = (...asked) => place.askEverywhere(...asked);
const rows = Object.entries(routes).map(([key, row]) => ({ key, row }));
const withIdentity = rows.filter(({ row }) => row.admits !== 'anyone');
const withId = rows.filter((each): each is { key: string; row: Row & { of: Thing } } => each.row.of !== undefined);
const operationOf = (key: string): Operation => place.openApi.operations.find((operation) => keyOf(operation) === key)!;
const bodyOf = (key: string, row: Row): Sent => (row.body === undefined ? exampleOf(operationOf(key)) : jsonOf(row.body));
const pathOf = (key: string, id = ''): string => {
  const query = routes[key]?.query;
  return key.split(' ')[1]!.replace('{id}', id) + (query === undefined ? '' : `?${query}`);
};
const methodOf = (key: string): string => key.split(' ')[0]!;

test('the table holds every documented route, and lets in whom the documentation lets in', () => {
  const documented = place.openApi.operations.map((operation) => {
    const [requirement] = operation.security;
    const admits = requirement === undefined ? 'anyone' : (requirement.bearer[0] ?? 'session');
    return `${keyOf(operation)}: ${admits}`;
  });
  // the documentation says of administrators that they have to be signed in
  const entered = rows.map(({ key, row }) => `${key}: ${row.admits === 'admin' ? 'session' : row.admits}`);
  expect(entered.toSorted()).toEqual(documented.toSorted());
  const named = place.openApi.operations.filter(({ path }) => path.includes('{id}')).map(keyOf);
  expect(withId.map(({ key }) => key).toSorted()).toEqual(named.toSorted());
});

/** A request of this actor for this route, with the credentials that the door takes. */
const as =
  (actor: Actor, row: Row, sent: Sent): SentTo =>
  async (door) => ({ ...sent, token: await cast.credentials(actor, row, door) });

describe.each(withIdentity)('$key', ({ key, row }) => {
  const outside = actors.flatMap((actor) => {
    const away = turnedAway(actor, row);
    return away === null ? [] : [{ actor, status: away[0], code: away[1] }];
  });
  test.each(outside)('tells who is $actor nothing but that: $status', async ({ actor, status, code }) => {
    const ids = row.of === undefined ? [''] : [owned[row.of], randomUUID(), 'x', '%20'];
    const ask = (id: string) => askEverywhere(methodOf(key), pathOf(key, id), as(actor, row, bodyOf(key, row)));
    const heard = await Promise.all(ids.map(ask));
    for (const answers of heard) {
      for (const [at, { door, answer }] of answers.entries()) {
        expect({ door, status: answer.status, code: answer.body.code }).toEqual({ door, status, code });
        expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
        expect(answer.bytes).toBe(heard[0]![at]!.answer.bytes);
      }
    }
  });
});

/** Ways to ask for something, in order and not: none may tell what is there from what is not. */
const manners: readonly (readonly [name: string, change: (sent: Sent) => Sent])[] = [
  ['as documented', (sent) => sent],
  ['under a condition', (sent) => ({ ...sent, headers: { ...sent.headers, 'if-match': '"1"' } })],
  ['under one that nothing meets', (sent) => ({ ...sent, headers: { ...sent.headers, 'if-match': '"999"', 'if-none-match': '*' } })],
  ['for the second time', (sent) => ({ ...sent, headers: { ...sent.headers, 'idempotency-key': 'same' } })],
  ['with another body', (sent) => ({ ...sent, ...jsonOf({ colour: 'red' }) })],
  ['with a body that is none', (sent) => ({ ...sent, body: '{', headers: { 'content-type': 'application/json' } })],
  ['with a body of another type', (sent) => ({ ...sent, body: 'x', headers: { 'content-type': 'text/plain' } })],
];
/** None of them may change anything for who is not let in by them: `fateOf` says who that is. */
const otherMethods = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS'];
/** Ids that nothing can have. What stands in them is harmless everywhere but in a system that trusts it. */
const malformed = ['x', '0', '-1', '%20', 'null', 'undefined', 'NaN', '__proto__', 'constructor', 'toString', '$ne'].concat(
  ['%7B%22%24gt%22%3A%22%22%7D', "'%20or%201=1", '%2A', '*', '%C3%A4', '%F0%9F%92%B0', '%0D%0AX-Evil:%201', '%2e%2e%20', '..x'],
  ['a'.repeat(129), 'a'.repeat(4_000)],
);
const twisted = (id: string): string[] =>
  [id.toUpperCase(), id.slice(0, -1), id.replaceAll('-', '')].concat([`${id}x`, `%20${id}`, `${id}%20`, `${id}%00`, `{${id}}`]);

/** The actors with this fate, for every route that has one. */
const withFate = (fits: (actor: Actor, row: Row) => boolean) =>
  withId.map((each) => ({ ...each, who: actors.filter((actor) => fits(actor, each.row)) })).filter(({ who }) => who.length > 0);

describe.each(withFate((actor, row) => fateOf(actor, row) === 'absent'))("$key: another's $row.of", ({ key, row, who }) => {
  test.each(who)('is byte for byte as one that is not there, for a %s', async (actor) => {
    for (const [manner, change] of manners) {
      const sent = as(actor, row, change(bodyOf(key, row)));
      const ask = (id: string) => askEverywhere(methodOf(key), pathOf(key, id), sent);
      const [foreign, absent] = [await ask(owned[row.of]), await ask(randomUUID())];
      for (const [at, { door, answer }] of foreign.entries()) {
        expect({ manner, door, bytes: answer.bytes }).toEqual({ manner, door, bytes: absent[at]!.answer.bytes });
        expect([400, 404, 415]).toContain(answer.status);
        if (manner === 'as documented') expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
      }
    }
  });

  test.each(who)('is not there by any other method either, for a %s', async (actor) => {
    const taken = withId
      .filter((other) => pathOf(other.key) === pathOf(key) && fateOf(actor, other.row) !== 'absent')
      .map((other) => methodOf(other.key));
    for (const method of otherMethods.filter((each) => !taken.includes(each === 'HEAD' ? 'GET' : each))) {
      const ask = (id: string) => askEverywhere(method, pathOf(key, id), as(actor, row, {}));
      const [foreign, absent] = [await ask(owned[row.of]), await ask(randomUUID())];
      expect(foreign.map(({ answer }) => answer.bytes)).toEqual(absent.map(({ answer }) => answer.bytes));
    }
  });
});

describe.each(withFate((actor, row) => ['stranger', 'owner', 'admin'].includes(actor) && turnedAway(actor, row) === null))(
  '$key',
  ({ key, row, who }) => {
    test.each(who)('is not reached by an id that nothing can have, by a %s', async (actor) => {
      const sent = as(actor, row, bodyOf(key, row));
      const absent = await askEverywhere(methodOf(key), pathOf(key, randomUUID()), sent);
      for (const text of [...malformed, ...twisted(owned[row.of])]) {
        const answers = await askEverywhere(methodOf(key), pathOf(key, text), sent);
        for (const [at, { door, answer }] of answers.entries()) {
          // what programs could read in two ways the gateway refuses before anyone looks
          const refused = door === 'gateway' && answer.status === 400 && answer.body.errors[0].code === 'ambiguous-path';
          expect({ text, bytes: refused ? '' : answer.bytes }).toEqual({ text, bytes: refused ? '' : absent[at]!.answer.bytes });
        }
      }
    });
  },
);

describe.each(withFate((actor, row) => turnedAway(actor, row) === null && typeof fateOf(actor, row) !== 'string'))(
  '$key: a $row.of',
  ({ key, row, who }) => {
    test.each(who)('is seen and not to be changed, for a %s', async (actor) => {
      const ask = (id: string) => askEverywhere(methodOf(key), pathOf(key, id), as(actor, row, bodyOf(key, row)));
      for (const { answer } of await ask(owned[row.of])) expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      for (const { answer } of await ask(randomUUID())) expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
    });
  },
);

describe.each(references.map(([key, body]) => ({ key, body: body === undefined ? undefined : JSON.stringify(body) })))(
  '$key $body',
  ({ key, body }) => {
    test("tells somebody else's from nobody's by no byte", async () => {
      const mine = await makers.budget(cast.stranger, place.system);
      const ask = (ids: Record<string, string>) => {
        const filled = (text: string): string =>
          text.replaceAll(/:(own-budget|user|record|budget)\b/g, (_, name: string) => ids[name] ?? mine);
        const sent = body === undefined ? {} : { body: filled(body), headers: { 'content-type': 'application/json' } };
        return askEverywhere(methodOf(key), filled(pathOf(key)), { ...sent, token: cast.stranger.tokens.accessToken });
      };
      const foreign = await ask({ user: cast.owner.id, record: owned.record, budget: owned.budget });
      const absent = await ask({ user: randomUUID(), record: randomUUID(), budget: randomUUID() });
      for (const [at, { answer }] of foreign.entries()) {
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.bytes).toBe(absent[at]!.answer.bytes);
      }
    });
  },
);

test('of all that, nothing was done', async () => expect(await place.everything()).toEqual(before));

describe.each(withFate((actor, row) => fateOf(actor, row) === 'in'))('$key', ({ key, row, who }) => {
  test.each(who.flatMap((actor) => (['gateway', 'service'] as const).map((door) => ({ actor, door }))))(
    'is done for $actor, at the $door',
    async ({ actor, door }) => {
      const path = pathOf(key, await makers[row.of](cast.owner, place.system));
      const url = place.doors.to(path).find(({ name }) => name === door)!.url;
      const { status, text } = await exchange(url, methodOf(key), path, await as(actor, row, bodyOf(key, row))(door));
      expect({ status, text }).toEqual({ status: [200, 202, 204].find((good) => good === status), text });
    },
  );
});
