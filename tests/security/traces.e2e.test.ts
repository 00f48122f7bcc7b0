import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { codeOf, sendRequest } from '@commonpurse/shared/testing';
import { eventually } from '../e2e/support/eventually.ts';
import { cleanUp, launch, type RunningSystem, temporaryFolder } from '../e2e/support/launch.ts';
import { mailedToken, password, type Person, signUp } from '../e2e/support/person.ts';
import { filesBelow } from './support/canaries.ts';
import { doorsOf } from './support/doors.ts';
import { asService } from './support/services.ts';

let system: RunningSystem;
let logs: string;
let ann: Person;
let admin: Person;

beforeAll(async () => {
  const dataDir = await temporaryFolder();
  logs = join(dataDir, 'logs');
  // the security log does not ask what the level of the others is
  system = await launch({ dataDir, env: { LOG_DIR: logs, LOG_LEVEL: 'error' } });
  [ann, admin] = [await signUp(system, 'ann@home.example'), await signUp(system, 'admin@home.example')];
  const { status } = await asService(await doorsOf(system), 'auth', 'POST', '/internal/admins', { email: admin.email });
  expect(status).toBe(200);
});
afterAll(cleanUp);

/** Sends a request that bears a name of its own; the name. */
type Send = (method: string, path: string, sent?: { body?: unknown; token?: string }) => Promise<void>;
interface Attack {
  /** What brings it about; the last that is sent is what is looked for. */
  readonly by: (send: Send) => Promise<unknown>;
  readonly status: number;
  readonly line: Readonly<Record<string, unknown>>;
}

const login = async (email = ann.email) => (await sendRequest(system.url, 'POST', '/auth/login', { body: { email, password } })).body;
const refresh = async (refreshToken: string) => (await sendRequest(system.url, 'POST', '/auth/refresh', { body: { refreshToken } })).body;

/** What leaves a line in the security log, by what it is called there. */
const attacks: Readonly<Record<string, () => Attack>> = {
  'a wrong password': () => ({
    by: (send) => send('POST', '/auth/login', { body: { email: ann.email, password: 'not the password at all' } }),
    status: 401,
    line: { event: 'authn_login_fail', level: 40 },
  }),
  'a login': () => ({
    by: (send) => send('POST', '/auth/login', { body: { email: ann.email, password } }),
    status: 200,
    line: { event: 'authn_login_success', userId: ann.id },
  }),
  'a stolen refresh token': () => ({
    by: async (send) => {
      const { refreshToken } = await login();
      await refresh((await refresh(refreshToken)).refreshToken);
      await send('POST', '/auth/refresh', { body: { refreshToken } });
    },
    status: 401,
    line: { event: 'authn_token_reuse', userId: ann.id, level: 40 },
  }),
  'a made-up refresh token': () => ({
    by: (send) => send('POST', '/auth/refresh', { body: { refreshToken: `${randomUUID()}.1.x` } }),
    status: 401,
    line: { event: 'authn_token_invalid', level: 40 },
  }),
  'a guessed code': () => ({
    by: async (send) => {
      const careful = await signUp(system, 'careful@home.example');
      const { secret } = (await careful.post('/auth/enable-2fa', { password })).body;
      await careful.post('/auth/verify-2fa', { code: codeOf(secret, Date.now()) });
      const { challengeToken } = await login(careful.email);
      await send('POST', '/auth/verify-2fa', { body: { challengeToken, code: '000000' } });
    },
    status: 401,
    line: { event: 'authn_login_fail', reason: 'invalid-code', level: 40 },
  }),
  'a link for something else': () => ({
    by: async (send) => {
      const body = { token: await mailedToken(system, ann.email), password: 'yet another horse battery' };
      await send('POST', '/auth/reset-password', { body });
    },
    status: 400,
    line: { event: 'authn_token_invalid', level: 40 },
  }),
  'a crafted id': () => ({
    by: (send) => send('GET', `/records/${randomUUID()}`, { token: ann.tokens.accessToken }),
    status: 404,
    line: { event: 'authz_fail', userId: ann.id, reason: 'not-found: GET /records/:id', service: 'records' },
  }),
  'a wish to be an administrator': () => ({
    by: (send) => send('PATCH', `/admin/users/${ann.id}`, { token: ann.tokens.accessToken, body: { role: 'admin' } }),
    status: 403,
    line: { event: 'authz_fail', userId: ann.id, reason: 'forbidden: PATCH /admin/users/:id', level: 40 },
  }),
  'an administrator’s look': () => ({
    by: (send) => send('GET', `/admin/users/${ann.id}`, { token: admin.tokens.accessToken }),
    status: 200,
    line: { event: 'authz_admin', userId: admin.id, target: ann.id },
  }),
  'a key that lacks the scope': () => ({
    by: async (send) => {
      const { key } = (await ann.post('/auth/api-keys', { name: 'a key', scopes: ['records:read'] })).body;
      await send('GET', '/budgets', { token: key });
    },
    status: 403,
    line: { event: 'authz_fail', userId: ann.id, reason: 'insufficient-scope: GET /budgets', service: 'budgets', level: 40 },
  }),
  'a key that was taken back': () => ({
    by: async (send) => {
      const { id, key } = (await ann.post('/auth/api-keys', { name: 'a key', scopes: ['records:read'] })).body;
      await ann.call('DELETE', `/auth/api-keys/${id}`);
      await send('GET', '/records', { token: key });
    },
    status: 401,
    line: { event: 'authn_token_invalid', reason: 'API key', level: 40 },
  }),
  'a grant': () => ({
    by: (send) => {
      const body = { granteeEmail: 'bob@home.example', access: 'view', scope: { kind: 'records' } };
      return send('POST', '/users/share-permission', { token: ann.tokens.accessToken, body });
    },
    status: 201,
    line: { event: 'authz_change', userId: ann.id, reason: 'granted' },
  }),
};

// first: of the same kind from the same network the door writes one line a minute
test('a token that is none leaves its trace at the door', async () => {
  await sendRequest(system.url, 'GET', '/records', { token: 'none', headers: { 'x-request-id': 'at-the-door' } });
  const [line] = await eventually(
    () => tracesOf('at-the-door'),
    (found) => found.length > 0,
  );
  expect(line).toMatchObject({ event: 'authn_token_invalid', service: 'gateway', reason: '/records', ip: expect.any(String), level: 40 });
});

test.each(Object.keys(attacks))('%s leaves its trace, under the name of the request', async (name) => {
  const { by, status, line } = attacks[name]!();
  const sent = { name: '', status: 0 };
  await by(async (method, path, call = {}) => {
    sent.name = `trace-${randomUUID()}`;
    sent.status = (await sendRequest(system.url, method, path, { ...call, headers: { 'x-request-id': sent.name } })).status;
  });
  expect(sent.status).toBe(status);
  const lines = await eventually(
    () => tracesOf(sent.name),
    (found) => found.some(({ event }) => event === line['event']),
  );
  expect(lines).toContainEqual(expect.objectContaining({ ...line, stream: 'security' }));
});

/** The lines of the security log that bear the name of a request. */
async function tracesOf(requestId: string): Promise<Record<string, unknown>[]> {
  const files = (await filesBelow(logs)).filter(({ path }) => /\bsecurity\b/.test(path));
  const lines = files.flatMap(({ text }) => text.split('\n')).filter((line) => line.includes(requestId) && line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
