import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sendRequest, type TestAnswer } from '@commonpurse/shared/testing';
import { WebSocket } from 'ws';
import { expense } from './support/household.ts';
import { cleanUp, launch, type RunningSystem } from './support/launch.ts';
import { type Person, signUp } from './support/person.ts';

let system: RunningSystem;
let ann: Person;
beforeAll(async () => {
  system = await launch();
  ann = await signUp(system, 'ann@home.example');
});
afterAll(cleanUp);

const outcome = ({ status, body }: TestAnswer): string => `${status} ${body?.code ?? ''}`.trim();
const keyWith = async (...scopes: string[]): Promise<{ id: string; key: string }> => {
  const { status, body, text } = await ann.post('/auth/api-keys', { name: 'program', scopes });
  if (status !== 201) throw new Error(text);
  return body;
};
const by = (token: string, method: string, path: string, body?: unknown): Promise<TestAnswer> =>
  sendRequest(system.url, method, path, { token, ...(body === undefined ? {} : { body }) });
const openSocket = async (token: string): Promise<number> => {
  const socket = new WebSocket(`${system.url.replace('http', 'ws')}/ws`, { headers: { authorization: `Bearer ${token}` } });
  socket.on('error', () => {});
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  return response.statusCode;
};

test('a key reaches, through the gateway, what its scopes name in every service, and nothing else', async () => {
  const all = [
    'records:read',
    'records:write',
    'budgets:read',
    'budgets:write',
    'notifications:read',
    'notifications:write',
    'profile:read',
  ];
  const { key } = await keyWith(...all);
  const { key: reader } = await keyWith('records:read');
  const created = await by(key, 'POST', '/records', expense);
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({ ownerId: ann.id, createdBy: ann.id });
  const calls: [method: string, path: string, withAll: string, withReader: string][] = [
    ['GET', '/records', '200', '200'],
    ['GET', `/records/${created.body.id}`, '200', '200'],
    ['DELETE', `/records/${created.body.id}`, '204', '403 insufficient-scope'],
    ['POST', '/records', '400 validation-failed', '403 insufficient-scope'],
    ['GET', '/budgets', '200', '403 insufficient-scope'],
    ['POST', '/budgets', '400 validation-failed', '403 insufficient-scope'],
    ['GET', '/notifications', '200', '403 insufficient-scope'],
    ['POST', '/notifications/read-all', '204', '403 insufficient-scope'],
    ['GET', '/users/profile', '200', '403 insufficient-scope'],
    ['PUT', '/users/profile', '403 insufficient-scope', '403 insufficient-scope'],
    ['GET', '/auth/sessions', '403 insufficient-scope', '403 insufficient-scope'],
    ['POST', '/auth/logout', '403 insufficient-scope', '403 insufficient-scope'],
    ['GET', '/auth/api-keys', '403 insufficient-scope', '403 insufficient-scope'],
    ['POST', '/auth/ws-ticket', '403 insufficient-scope', '403 insufficient-scope'],
    ['POST', '/auth/verify-2fa', '403 insufficient-scope', '403 insufficient-scope'],
  ];
  for (const [method, path, withAll, withReader] of calls) {
    const code = path === '/auth/verify-2fa' ? { code: '123456' } : {};
    const body = method === 'POST' || method === 'PUT' ? code : undefined;
    expect([path, outcome(await by(reader, method, path, body))]).toEqual([path, withReader]);
    expect([path, outcome(await by(key, method, path, body))]).toEqual([path, withAll]);
  }
  expect(await openSocket(key)).toBe(403);
});

test('a key that was revoked is nobody’s in every service with the very next request', async () => {
  const { id, key } = await keyWith('records:read', 'budgets:read', 'notifications:read', 'profile:read');
  const paths = ['/records', '/budgets', '/notifications', '/users/profile'];
  for (const path of paths) expect((await by(key, 'GET', path)).status).toBe(200);
  expect((await ann.call('DELETE', `/auth/api-keys/${id}`)).status).toBe(204);
  for (const path of paths) expect(outcome(await by(key, 'GET', path))).toBe('401 unauthenticated');
  expect(await openSocket(key)).toBe(401);
});

test('what is no key is 401, and says how to sign in', async () => {
  for (const made of ['cp_', 'cp_0123456789', `cp_${'0'.repeat(70)}`]) {
    const answer = await by(made, 'GET', '/records');
    expect([outcome(answer), answer.headers['www-authenticate']]).toEqual(['401 unauthenticated', 'Bearer']);
  }
});
