import { codeOf, sendRequest, type TestAnswer } from '@commonpurse/shared/testing';
import type { RunningSystem } from '../../e2e/support/launch.ts';
import { mailedToken, type Person, personAt } from '../../e2e/support/person.ts';
import type { Canaries } from './canaries.ts';
import type { Doors } from './doors.ts';

/** Somebody who has done all that there is to do with secrets. */
export interface Secretive extends Person {
  /** Every answer that they got on the way. */
  readonly said: readonly string[];
}

/** Registers, confirms, loses the password, sets up two-factor login, signs in with a code and with a recovery code, makes keys and tickets,
 *  and gets each of these wrong, too. Every secret that comes along the way is kept. */
export async function liveThroughEverything(system: RunningSystem, doors: Doors, words: Canaries, secrets: Canaries): Promise<Secretive> {
  const said: string[] = [];
  const email = `ann.${words.of('address')}@home.example`;
  const ask = async (method: string, path: string, body: unknown, token?: string, status = 200): Promise<TestAnswer> => {
    const answer = await sendRequest(system.url, method, path, { body, ...(token === undefined ? {} : { token }) });
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.text}`);
    said.push(answer.text);
    return answer;
  };
  const post = (path: string, body: unknown, token?: string, status?: number): Promise<TestAnswer> =>
    ask('POST', path, body, token, status);
  /** Straight at the service and through the gateway, with a secret where it does not belong or is wrong: none of it works. */
  const inVain = async (path: string, body: unknown, more: { token?: string; query?: string } = {}): Promise<void> => {
    for (const { url } of doors.to(path)) {
      const { query = '', ...rest } = more;
      const { status } = await sendRequest(url, 'POST', path + query, { body, ...rest });
      if (status < 400) throw new Error(`${path} worked`);
    }
  };

  let password = secrets.of('password');
  const displayName = words.of('display name');
  await post('/auth/register', { email, password, displayName, baseCurrency: 'EUR' }, undefined, 202);
  const verifying = secrets.keep('verification token', await mailedToken(system, email));
  await post('/auth/verify-email', { token: verifying });
  await inVain('/auth/verify-email', { token: verifying });
  await inVain('/auth/login', { email, password: secrets.of('wrong password') });
  await inVain('/auth/login', { email, password: { [secrets.of('password as a name')]: 1 } });
  await inVain('/auth/login', { email, password }, { query: `?password=${password}` });
  await post('/auth/register', { email, password: secrets.of('password of a second registration') }, undefined, 202);

  await post('/auth/forgot-password', { email }, undefined, 202);
  const resetting = secrets.keep('reset token', await mailedToken(system, email, 'reset-password'));
  password = secrets.of('password after a reset');
  await post('/auth/reset-password', { token: resetting, password }, undefined, 204);
  await inVain('/auth/reset-password', { token: resetting, password: secrets.of('password that came too late') });

  const login = async (): Promise<TestAnswer['body']> =>
    (await post('/auth/login', { email, password, deviceName: words.of('device') })).body;
  const keepPair = (name: string, pair: { accessToken: string; refreshToken: string }): string => {
    // the first part of a token is the same for all
    secrets.keep(`${name} access token`, pair.accessToken.split('.').slice(1).join('.'));
    secrets.keep(`${name} refresh token`, pair.refreshToken);
    return pair.accessToken;
  };
  const first = await login();
  let token = keepPair('first', first);
  const { body: enrolment } = await post('/auth/enable-2fa', { password }, token);
  secrets.keep('seed', enrolment.secret);
  await inVain('/auth/verify-2fa', { code: '000000' }, { token });
  const { body: codes } = await post('/auth/verify-2fa', { code: codeOf(enrolment.secret, Date.now()) }, token);
  for (const [at, code] of (codes.recoveryCodes as string[]).entries()) secrets.keep(`recovery code ${at}`, code);

  const challenge = secrets.keep('challenge', (await login()).challengeToken);
  await inVain('/auth/verify-2fa', { challengeToken: challenge, code: '000000' });
  token = keepPair('second', (await post('/auth/verify-2fa', { challengeToken: challenge, code: codes.recoveryCodes[0] })).body);
  await inVain('/auth/verify-2fa', { challengeToken: challenge, code: codes.recoveryCodes[0] });
  const { body: fresh } = await post('/auth/recovery-codes', { password, code: codes.recoveryCodes[1] }, token);
  for (const [at, code] of (fresh.recoveryCodes as string[]).entries()) secrets.keep(`fresh recovery code ${at}`, code);

  await inVain(
    '/auth/change-password',
    { currentPassword: secrets.of('wrong current password'), newPassword: secrets.of('new password in vain') },
    { token },
  );
  const newPassword = secrets.of('changed password');
  await post('/auth/change-password', { currentPassword: password, newPassword }, token, 204);
  password = newPassword;
  const later = secrets.keep('later challenge', (await login()).challengeToken);
  const session = (await post('/auth/verify-2fa', { challengeToken: later, code: fresh.recoveryCodes[0] })).body;
  token = keepPair('third', session);
  const next = (await post('/auth/refresh', { refreshToken: session.refreshToken })).body;
  token = keepPair('fourth', next);
  await inVain('/auth/refresh', { refreshToken: first.refreshToken });
  await inVain('/auth/refresh', { refreshToken: `${next.refreshToken}x` });

  const { body: made } = await post('/auth/api-keys', { name: words.of('key name'), scopes: ['records:read'] }, token, 201);
  secrets.keep('API key', made.key);
  for (const path of ['/records', '/budgets']) await sendRequest(system.url, 'GET', path, { token: made.key });
  await inVain('/auth/ws-ticket', {}, { token: made.key });
  const { body: ticket } = await post('/auth/ws-ticket', undefined, token);
  secrets.keep('ticket', ticket.ticket);
  for (const { url } of doors.to('/ws')) await sendRequest(url, 'GET', `/ws?ticket=${ticket.ticket}`, {});
  await inVain('/users/share-permission', { granteeEmail: email, access: 'view', scope: { kind: 'records' } }, { token });

  return { ...personAt(system, email, { id: session.user.id, tokens: next }), said };
}
