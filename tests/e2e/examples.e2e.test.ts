import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, sendRequest, type TestAnswer, type TestCall } from '@commonpurse/shared/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { asTold, eventually } from './support/eventually.ts';
import { doorsOf } from '../security/support/doors.ts';
import { asService } from '../security/support/services.ts';
import { cleanUp, launch, type RunningSystem } from './support/launch.ts';
import { mailedToken, type Person, personAt, signUp } from './support/person.ts';
import { multipart } from './support/upload.ts';

/** One operation as `/openapi.json` has it; the parts that this test reads. */
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly DocumentedParameter[];
  readonly requestBody?: { readonly content: Record<string, { readonly example?: Record<string, unknown> }> };
  readonly responses: Record<string, DocumentedAnswer>;
}
interface DocumentedParameter {
  readonly in: string;
  readonly name: string;
  readonly schema: { readonly example?: Shown; readonly examples?: readonly [Shown]; readonly default?: unknown };
}
type Shown = string | number | boolean;
interface DocumentedAnswer {
  readonly headers?: Record<string, { readonly required?: boolean }>;
  readonly content?: Record<string, { readonly example?: unknown; readonly examples?: Record<string, { readonly value: unknown }> }>;
}
interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
}

const shownOf = ({ example, examples }: DocumentedParameter['schema']): Shown | undefined => example ?? examples?.[0];

let system: RunningSystem;
let openApi: OpenApi;
let ada: Person;
const ajv = new Ajv2020({ strict: false, allErrors: true });
const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && new Date(text).toJSON()?.startsWith(text);
ajv.addFormat('date', isDay);
ajv.addFormat('date-time', (text) => /^[\d-]{10}T[\d:]{8}\.\d{3}Z$/.test(text) && new Date(text).toJSON() === text);
ajv.addFormat('email', /^\S+@\S+\.\S+$/);
ajv.addFormat('binary', true);

/** What an example needs before it can be sent. */
interface Prepared {
  /** Path parameters, by name. */
  readonly path?: Record<string, string>;
  /** What of the documented body only this moment knows: tokens out of mails. */
  readonly body?: Record<string, unknown>;
  /** In place of a parameter's example that names something of somebody's own. */
  readonly parameters?: Record<string, string>;
  readonly token?: string | null;
}
type Preparation = () => Promise<Prepared>;

const exampleOf = (key: string): Record<string, unknown> =>
  Object.values(operationOf(key).requestBody?.content ?? {})[0]?.example as Record<string, unknown>;
async function made(path: string, key: string): Promise<TestAnswer['body']> {
  const { status, body, text } = await ada.post(path, exampleOf(key));
  if (status !== 201) throw new Error(text);
  return body;
}
const aRecord = () => made('/records', 'POST /records');
const aBudget = () => made('/budgets', 'POST /budgets');

const asItIs: Preparation = async () => ({});
const anonymous: Preparation = async () => ({ token: null });
const ofRecord: Preparation = async () => {
  const { id, version } = await aRecord();
  return { path: { id }, parameters: { 'If-Match': `"${version}"` } };
};
const ofBudget: Preparation = async () => {
  const { id, version } = await aBudget();
  return { path: { id }, parameters: { 'If-Match': `"${version}"` } };
};
const ofShare: Preparation = async () => {
  const { id, version } = await made('/users/share-permission', 'POST /users/share-permission');
  return { path: { id }, parameters: { 'If-Match': `"${version}"` } };
};
const ofImport: Preparation = async () => {
  const accepted = await ada.call('POST', '/records/bulk-import', uploadOf(exampleOf('POST /records/bulk-import')));
  const { body } = await eventually(
    () => ada.get(accepted.headers.location!),
    (job) => !['queued', 'running'].includes(job.body.status),
  );
  expect(body.status).toBe('done');
  return { path: { id: body.id } };
};
/** Signs in with the documented example, on a session of its own. */
async function signInAgain(): Promise<Person> {
  const { status, body, text } = await sendRequest(system.url, 'POST', '/auth/login', { body: exampleOf('POST /auth/login') });
  if (status !== 200) throw new Error(text);
  return personAt(system, body.user.email, { id: body.user.id, tokens: body });
}
/** Of everybody in the examples. */
const password = 'a purse full of 7 coins';
let newcomers = 0;
/** Somebody new, whose password is the documented example's. */
async function newcomer(): Promise<Person> {
  return signUp(system, `newcomer-${(newcomers += 1)}@example.com`, exampleOf('POST /auth/register'));
}
/** Somebody with two-factor login, and one of their recovery codes. */
async function careful(): Promise<Person & { code: string }> {
  const who = await newcomer();
  const { body } = await who.post('/auth/enable-2fa', { password });
  const confirmed = await who.post('/auth/verify-2fa', { code: codeOf(body.secret, Date.now()) });
  expect(confirmed.status).toBe(200);
  return { ...who, code: confirmed.body.recoveryCodes[0] };
}
/** As somebody whom an operator has made an administrator. */
async function byAdministrator(): Promise<Prepared> {
  const { email, tokens } = await newcomer();
  const { status, text } = await asService(await doorsOf(system), 'auth', 'POST', '/internal/admins', { email });
  expect({ status, text }).toEqual({ status: 200, text });
  return { token: tokens.accessToken };
}
async function anAlert(): Promise<string> {
  await ada.post('/budgets', { ...exampleOf('POST /budgets'), amount: '1.00', categories: [] });
  await ada.post('/records', { ...exampleOf('POST /records'), date: '2026-01-02' });
  const { body } = await eventually(
    () => ada.get('/notifications'),
    ({ body: inbox }) => inbox.items.length > 0,
  );
  return body.items[0].id;
}

/** Every documented operation, and how its example is made ready. */
const preparations: Record<string, Preparation> = {
  'GET /.well-known/jwks.json': anonymous,
  'POST /auth/register': anonymous,
  'POST /auth/resend-verification': anonymous,
  'POST /auth/verify-email': async () => {
    const email = 'newcomer@example.com';
    const registered = await sendRequest(system.url, 'POST', '/auth/register', { body: { ...exampleOf('POST /auth/register'), email } });
    expect(registered.status).toBe(202);
    return { token: null, body: { token: await mailedToken(system, email) } };
  },
  'POST /auth/forgot-password': anonymous,
  'POST /auth/reset-password': async () => {
    const { email } = await newcomer();
    const asked = await sendRequest(system.url, 'POST', '/auth/forgot-password', { body: { email } });
    expect(asked.status).toBe(202);
    return { token: null, body: { token: await mailedToken(system, email, 'reset-password') } };
  },
  'POST /auth/change-password': async () => ({ token: (await newcomer()).tokens.accessToken }),
  'POST /auth/enable-2fa': async () => ({ token: (await newcomer()).tokens.accessToken }),
  'POST /auth/verify-2fa': async () => {
    const who = await careful();
    const { body } = await who.call('POST', '/auth/login', { body: { email: who.email, password } });
    return { token: null, body: { challengeToken: body.challengeToken, code: who.code } };
  },
  'POST /auth/disable-2fa': async () => careful().then(({ tokens, code }) => ({ token: tokens.accessToken, body: { code } })),
  'POST /auth/recovery-codes': async () => careful().then(({ tokens, code }) => ({ token: tokens.accessToken, body: { code } })),
  'POST /auth/login': anonymous,
  'POST /auth/refresh': async () => ({ token: null, body: { refreshToken: (await signInAgain()).tokens.refreshToken } }),
  'POST /auth/logout': async () => ({ token: (await signInAgain()).tokens.accessToken }),
  'GET /auth/sessions': asItIs,
  'DELETE /auth/sessions/{id}': async () => {
    await signInAgain();
    const { items } = (await ada.get('/auth/sessions')).body;
    return { path: { id: items.find(({ current }: { current: boolean }) => !current).id } };
  },
  'POST /auth/api-keys': asItIs,
  'GET /auth/api-keys': async () => made('/auth/api-keys', 'POST /auth/api-keys').then(() => ({})),
  'DELETE /auth/api-keys/{id}': async () => ({ path: { id: (await made('/auth/api-keys', 'POST /auth/api-keys')).id } }),
  'POST /auth/ws-ticket': asItIs,
  'GET /users/search': byAdministrator,
  'GET /admin/users/{id}': async () => ({ ...(await byAdministrator()), path: { id: ada.id } }),
  'PATCH /admin/users/{id}': async () => ({
    ...(await byAdministrator()),
    path: { id: (await newcomer()).id },
    parameters: { 'If-Match': '"1"' },
  }),
  'GET /admin/analytics': byAdministrator,
  'GET /users/profile': asItIs,
  'PUT /users/profile': async () => ({ parameters: { 'If-Match': (await ada.get('/users/profile')).headers.etag! } }),
  'POST /users/share-permission': asItIs,
  'PUT /users/share-permission/{id}': ofShare,
  'DELETE /users/share-permission/{id}': ofShare,
  'GET /users/shared-by-me': async () => ofShare().then(() => ({})),
  'GET /users/shared-with-me': asItIs,
  'GET /records': async () => ({ parameters: { owner: ada.id } }),
  'POST /records': asItIs,
  'GET /records/{id}': ofRecord,
  'PUT /records/{id}': ofRecord,
  'PATCH /records/{id}': ofRecord,
  'DELETE /records/{id}': ofRecord,
  'GET /records/{id}/history': ofRecord,
  'POST /records/{id}/restore': async () => {
    const { id } = await aRecord();
    expect((await ada.call('DELETE', `/records/${id}`)).status).toBe(204);
    return { path: { id } };
  },
  'POST /records/bulk-import': asItIs,
  'GET /records/imports': async () => ofImport().then(() => ({})),
  'GET /records/imports/{id}': ofImport,
  'POST /records/imports/{id}/revert': ofImport,
  'GET /categories': asItIs,
  'GET /currencies': asItIs,
  'GET /budgets': async () => aBudget().then(() => ({ parameters: { owner: ada.id } })),
  'POST /budgets': asItIs,
  'GET /budgets/{id}': ofBudget,
  'PUT /budgets/{id}': ofBudget,
  'PATCH /budgets/{id}': ofBudget,
  'DELETE /budgets/{id}': ofBudget,
  'GET /budgets/{id}/progress': async () => {
    const [id, after] = [(await aBudget()).id, `${(await aRecord()).id}:1`];
    await asTold(() => ada.get(`/budgets/${id}/progress?after=${after}`));
    return { path: { id }, parameters: { after } };
  },
  'GET /notifications': async () => anAlert().then(() => ({})),
  'POST /notifications/read-all': async () => anAlert().then(() => ({})),
  'POST /notifications/{id}/read': async () => ({ path: { id: await anAlert() } }),
  'GET /health/live': anonymous,
  'GET /health/ready': anonymous,
  'GET /openapi.json': anonymous,
  'GET /problems/{code}': async () => ({ token: null, path: { code: 'version-mismatch' } }),
};
/** What is not sent here, and why. */
const excepted: Record<string, string> = {
  'GET /ws': 'an upgrade, not a request with an answer; the main job opens it',
};

function operationOf(key: string): Operation {
  const [method = '', path = ''] = key.split(' ');
  return openApi.paths[path]![method.toLowerCase()]!;
}
const pointer = (...parts: string[]): string =>
  parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

/** What is wrong with a value by the schema documented at this place. */
function faultsOf(value: unknown, ...place: string[]): unknown {
  const validate = ajv.compile({ $ref: `openapi.json#${pointer('paths', ...place, 'schema')}` });
  return validate(value) ? [] : validate.errors;
}
const uploadOf = (example: Record<string, unknown>): TestCall => multipart(Buffer.from(String(example['file'])), example['options']);

/** Each request that the documentation shows: one for every content type of its body. */
function requestsOf(key: string, prepared: Prepared): { path: string; call: TestCall }[] {
  const { parameters = [], requestBody } = operationOf(key);
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const { in: place, name, schema } of parameters) {
    const value = prepared.parameters?.[name] ?? shownOf(schema);
    // the version in an example is one that was read before; `prepared` has it where it matters
    if (['If-Match', 'If-None-Match'].includes(name) && prepared.parameters?.[name] === undefined) continue;
    if (place === 'query' && value !== undefined) query.set(name, String(value));
    if (place === 'header' && value !== undefined) headers[name] = String(value);
  }
  const filled = key.split(' ')[1]!.replaceAll(/\{(\w+)\}/g, (_, name: string) => prepared.path![name]!);
  const path = query.size > 0 ? `${filled}?${query.toString()}` : filled;
  const token = prepared.token === null ? {} : { token: prepared.token ?? ada.tokens.accessToken };
  if (!requestBody) return [{ path, call: { ...token, headers } }];
  return Object.entries(requestBody.content).map(([type, { example = {} }]) => {
    if (type === 'multipart/form-data') {
      const { raw, headers: parts } = uploadOf(example) as { raw: Buffer; headers: Record<string, string> };
      return { path, call: { ...token, raw, headers: { ...headers, ...parts } } };
    }
    const body = JSON.stringify({ ...example, ...prepared.body });
    return { path, call: { ...token, raw: body, headers: { ...headers, 'content-type': type } } };
  });
}

/** That an answer is as documented: its status, its headers, its content type, its body. */
function expectDocumented(key: string, answer: TestAnswer): void {
  const [method = '', path = ''] = key.split(' ');
  const { responses } = operationOf(key);
  expect({ status: String(answer.status), text: answer.text }).toEqual({ status: expect.stringMatching(/^2/), text: answer.text });
  const documented = responses[String(answer.status)];
  expect(Object.keys(responses)).toContain(String(answer.status));
  for (const [name, { required }] of Object.entries(documented?.headers ?? {}))
    if (required) expect(answer.headers).toHaveProperty([name.toLowerCase()]);
  for (const name of ['etag', 'location'])
    if (answer.headers[name] !== undefined)
      expect(Object.keys(documented?.headers ?? {}).map((known) => known.toLowerCase())).toContain(name);
  if (!documented?.content) {
    expect(answer.text).toBe('');
    return;
  }
  const type = String(answer.headers['content-type']).split(';')[0]!;
  expect(Object.keys(documented.content)).toContain(type);
  expect(faultsOf(answer.body, path, method.toLowerCase(), 'responses', String(answer.status), 'content', type)).toEqual([]);
}

beforeAll(async () => {
  system = await launch();
  const { status, body } = await sendRequest(system.url, 'GET', '/openapi.json');
  expect(status).toBe(200);
  openApi = body;
  ajv.addSchema(body, 'openapi.json', undefined, false);
  const registered = await sendRequest(system.url, 'POST', '/auth/register', { body: exampleOf('POST /auth/register') });
  expect(registered.status).toBe(202);
  const token = await mailedToken(system, String(exampleOf('POST /auth/register')['email']));
  expect((await sendRequest(system.url, 'POST', '/auth/verify-email', { body: { token } })).status).toBe(200);
  ada = await signInAgain();
});
afterAll(cleanUp);

const methods = new Set(['get', 'put', 'post', 'patch', 'delete']);

describe('the documentation', () => {
  test('holds exactly the operations that are tried here', () => {
    const documented = Object.entries(openApi.paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((method) => methods.has(method))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.toSorted()).toEqual([...Object.keys(preparations), ...Object.keys(excepted)].toSorted());
  });

  test('shows an example of every body, and each fits its own schema', () => {
    const wrong: unknown[] = [];
    const check = (examples: readonly unknown[], ...place: string[]): void => {
      if (examples.length === 0) wrong.push([...place, 'has no example']);
      for (const example of examples) {
        const faults = faultsOf(example, ...place) as unknown[];
        if (faults.length > 0) wrong.push([...place, faults]);
      }
    };
    for (const [path, operations] of Object.entries(openApi.paths)) {
      for (const [method, { requestBody, responses }] of Object.entries(operations)) {
        const contents = [
          ...Object.entries(requestBody?.content ?? {}).map(([type, shown]) => [['requestBody', 'content', type], shown] as const),
          ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
            Object.entries(content).map(([type, shown]) => [['responses', status, 'content', type], shown] as const),
          ),
        ];
        for (const [place, shown] of contents) {
          const many = Object.values(('examples' in shown && shown.examples) || {}).map(({ value }) => value);
          check(shown.example === undefined ? many : [shown.example, ...many], path, method, ...place);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

test('a parameter takes what is shown of it, and what it is without being sent', () => {
  const wrong: unknown[] = [];
  for (const [path, operations] of Object.entries(openApi.paths)) {
    for (const [method, { parameters = [] }] of Object.entries(operations)) {
      for (const [at, { name, schema }] of parameters.entries()) {
        for (const shown of [shownOf(schema), schema.default]) {
          const faults = shown === undefined ? [] : (faultsOf(shown, path, method, 'parameters', String(at)) as unknown[]);
          if (faults.length > 0) wrong.push([method, path, name, faults]);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

describe('an example can be sent as it is shown, and is answered as documented', () => {
  test.each(Object.keys(preparations))('%s', async (key) => {
    const [method = ''] = key.split(' ');
    for (let at = 0; ; at += 1) {
      // each request finds everything as the documentation supposes it
      const requests = requestsOf(key, await preparations[key]!());
      const request = requests[at];
      if (request === undefined) break;
      const answer = await sendRequest(system.url, method, request.path, request.call);
      expectDocumented(key, answer);
      if (operationOf(key).responses['304']) {
        const headers = { ...request.call.headers, 'if-none-match': answer.headers.etag! };
        expect(await sendRequest(system.url, method, request.path, { ...request.call, headers })).toMatchObject({ status: 304, text: '' });
      }
      if (at === requests.length - 1) break;
    }
  });
});
