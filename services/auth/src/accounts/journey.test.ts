import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

test('somebody registers, confirms the address, signs in, and reads and changes the profile', async () => {
  const registered = await auth.register({
    email: ' Ada@Example.com ',
    displayName: 'Ada',
    baseCurrency: 'EUR',
    timeZone: 'Europe/Vienna',
  });
  expect([registered.status, registered.body]).toEqual([202, { status: 'verification-sent' }]);
  expect((await auth.login('ada@example.com')).body.code).toBe('email-not-verified');
  const verified = await auth.request('POST', '/auth/verify-email', { body: { token: await auth.tokenFor('Ada@Example.com') } });
  expect([verified.status, verified.body]).toEqual([200, { status: 'verified' }]);
  const login = await auth.login('ADA@example.com');
  expect(login.status).toBe(200);
  const token: string = login.body.accessToken;
  const profile = await auth.as({ token }).get('/users/profile');
  expect(profile.body).toEqual(login.body.user);
  expect(profile.headers.etag).toBe('"1"');
  expect(profile.body).toMatchObject({ email: 'Ada@Example.com', displayName: 'Ada', baseCurrency: 'EUR', locale: 'en', version: 1 });
  const body = { displayName: 'Countess', baseCurrency: 'GBP', locale: 'en-GB', timeZone: 'Europe/London', monthStartDay: 25 };
  const changed = await auth.as({ token }).put('/users/profile', body, { headers: { 'if-match': '"1"' } });
  expect(changed.body).toEqual({ ...profile.body, ...body, version: 2 });
  await auth.until(() => [1, 2, 3].every((version) => auth.published.some((event) => event.version === version)));
  expect(new Set(auth.published.map(({ id }) => id.split('/').at(-1)))).toEqual(new Set(['1', '2', '3']));
});
