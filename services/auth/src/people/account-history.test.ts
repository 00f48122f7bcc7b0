import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readHistory } from '@commonpurse/shared/messaging';
import { codeOf, fakeClock } from '@commonpurse/shared/testing';
import { goodPassword, startAuth, type TestAuth } from '../testing/start-auth.ts';

const clock = fakeClock();
const ip = '203.0.113.7';
const email = 'ada@example.com';
const deviceName = 'Phone';
const newKey = { name: 'for the till', scopes: ['records:read'] };
let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth({ clock, logLevel: 'info' });
});
afterAll(() => auth.stop());

/** Ada's account from its first login to its last logout: who she is, and the names of what came to be meanwhile. */
async function aLife(): Promise<{ userId: string; sessions: string[]; keyId: string }> {
  let [token, step] = ['', 0];
  const send = async (method: string, path: string, body?: object) => {
    const headers = { 'x-client-address': ip, 'x-request-id': `step-${(step += 1)}`, ...(token && { authorization: `Bearer ${token}` }) };
    return (await auth.request(method, path, { headers, ...(body && { body }) })).body;
  };
  const { user, accessToken, refreshToken } = await send('POST', '/auth/login', { email, password: goodPassword, deviceName });
  token = accessToken;
  const { secret } = await send('POST', '/auth/enable-2fa', { password: goodPassword });
  const code = (): string => (clock.advance(60_000), codeOf(secret, clock.now()));
  await send('POST', '/auth/verify-2fa', { code: code() });
  const { challengeToken } = await send('POST', '/auth/login', { email, password: goodPassword });
  await send('POST', '/auth/verify-2fa', { challengeToken, code: '000-000' });
  const again = await send('POST', '/auth/verify-2fa', { challengeToken, code: code() });
  await send('POST', '/auth/recovery-codes', { password: goodPassword, code: '000-000' });
  await send('POST', '/auth/recovery-codes', { password: goodPassword, code: code() });
  await send('POST', '/auth/disable-2fa', { password: goodPassword, code: code() });
  const { id: keyId } = await send('POST', '/auth/api-keys', newKey);
  await send('DELETE', `/auth/api-keys/${keyId}`);
  await send('POST', '/auth/logout');
  return { userId: user.id, sessions: [refreshToken, again.refreshToken].map((one) => one.split('.')[0]), keyId };
}

test('Whatever changes how an account is got into is in its history, and in the security log with who, from where and in which request', async () => {
  await auth.account(email);
  const { userId, sessions, keyId } = await aLife();
  const [sessionId, again] = sessions;
  const lines = await readHistory(auth.history, userId, await auth.users.get(userId));
  expect(lines.slice(1).map(({ entry }) => [entry.requestId, entry.by, entry.action, entry.change])).toEqual([
    ['step-1', userId, 'signed-in', { before: null, after: { session: { id: sessionId, deviceName } } }],
    ['step-3', userId, 'two-factor-enabled', null],
    ['step-6', userId, 'signed-in', { before: null, after: { session: { id: again, deviceName: null } } }],
    ['step-8', userId, 'recovery-codes-replaced', null],
    ['step-9', userId, 'two-factor-disabled', null],
    ['step-10', userId, 'key-created', { before: null, after: { id: keyId, ...newKey } }],
    ['step-11', userId, 'key-revoked', { before: { id: keyId }, after: null }],
    ['step-12', userId, 'session-revoked', { before: { sessions: [sessionId] }, after: null }],
  ]);
  const logged = auth.logs.filter((line) => line['stream'] === 'security' && line['ip'] === ip);
  const seen = { userId, sessionId, ip };
  expect(logged).toMatchObject([
    { requestId: 'step-1', event: 'authn_login_success', ...seen },
    { requestId: 'step-2', event: 'authn_two_factor_begun', ...seen },
    { requestId: 'step-3', event: 'authn_two_factor_enabled', ...seen },
    { requestId: 'step-4', event: 'authn_token_created', reason: 'challenge', userId },
    { requestId: 'step-5', event: 'authn_login_fail', reason: 'invalid-code', userId },
    { requestId: 'step-6', event: 'authn_login_success', userId, sessionId: again },
    { requestId: 'step-7', event: 'authn_login_fail', reason: 'code of a session', ...seen },
    { requestId: 'step-8', event: 'authn_recovery_codes_replaced', ...seen },
    { requestId: 'step-9', event: 'authn_two_factor_disabled', ...seen },
    { requestId: 'step-10', event: 'authn_token_created', keyId, ...seen },
    { requestId: 'step-11', event: 'authn_token_revoked', keyId, ...seen },
    { requestId: 'step-12', event: 'authn_token_revoked', ...seen },
  ]);
});
