import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
let ada: SignedIn;
beforeAll(async () => {
  auth = await startAuth();
  ada = await auth.person('ada@example.com');
});
afterAll(() => auth.stop());

const editable = { displayName: 'Ada', baseCurrency: 'EUR', locale: 'de-AT', timeZone: 'Europe/Vienna', monthStartDay: 25 };
const put = (body: unknown, headers: Record<string, string> = {}) => auth.as(ada).put('/users/profile', body, { headers });

describe('the profile', () => {
  test('answers 304 to whoever has seen it', async () => {
    const seen = await auth.as(ada).get('/users/profile');
    const again = await auth.as(ada).get('/users/profile', { headers: { 'if-none-match': seen.headers.etag! } });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('keeps its version when somebody signs in elsewhere', async () => {
    const before = await auth.as(ada).get('/users/profile');
    await auth.login(ada.email);
    expect((await auth.as(ada).get('/users/profile')).body).toEqual(before.body);
  });

  test('is replaced whole, a version at a time', async () => {
    const before = (await auth.as(ada).get('/users/profile')).body;
    const { status, body, headers } = await put(editable);
    expect([status, headers.etag]).toEqual([200, `"${before.version + 1}"`]);
    expect(body).toEqual({ ...before, ...editable, version: before.version + 1 });
    expect((await auth.login(ada.email)).body.user).toEqual(body);
  });

  test('is not replaced over somebody else’s change', async () => {
    const { version } = (await auth.as(ada).get('/users/profile')).body;
    const races = await Promise.all(
      Array.from({ length: 20 }, (_, n) => put({ ...editable, displayName: `Ada ${n}` }, { 'if-match': `"${version}"` })),
    );
    expect(races.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(races.filter(({ body }) => body.code === 'version-mismatch')).toHaveLength(19);
    expect((await auth.as(ada).get('/users/profile')).body.version).toBe(version + 1);
  });

  test('without a condition takes every change, each with a version of its own', async () => {
    const { version } = (await auth.as(ada).get('/users/profile')).body;
    const races = await Promise.all(Array.from({ length: 20 }, () => put(editable)));
    const versions = races.map(({ body }) => body.version as number).toSorted((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, n) => version + 1 + n));
  });

  test.each([
    ['an id', { id: 'x' }, '/id', 'unknown-field'],
    ['a version', { version: 9 }, '/version', 'unknown-field'],
    ['a role', { role: 'admin' }, '/role', 'unknown-field'],
    ['an address', { email: 'eve@example.com' }, '/email', 'unknown-field'],
    ['a status', { status: 'active' }, '/status', 'unknown-field'],
    ['two-factor', { twoFactorEnabled: true }, '/twoFactorEnabled', 'unknown-field'],
    ['sessions', { sessions: [] }, '/sessions', 'unknown-field'],
    ['no name', { displayName: undefined }, '/displayName', 'required'],
    ['a blank name', { displayName: '  ' }, '/displayName', 'too-short'],
    ['a long name', { displayName: 'x'.repeat(101) }, '/displayName', 'too-long'],
    ['day 29', { monthStartDay: 29 }, '/monthStartDay', 'too-big'],
    ['day "1"', { monthStartDay: '1' }, '/monthStartDay', 'invalid-type'],
    ['a zone that is an offset', { timeZone: '+01:00' }, '/timeZone', 'time-zone-invalid'],
    ['a small currency', { baseCurrency: 'eur' }, '/baseCurrency', 'currency-unknown'],
    ['an operator', { locale: { $ne: '' } }, '/locale', 'invalid-type'],
  ])('refuses %s, and stays as it was', async (_what, fields, path, code) => {
    const before = (await auth.as(ada).get('/users/profile')).body;
    const { status, body } = await put({ ...editable, ...fields });
    expect(status).toBe(400);
    expect(body.errors).toContainEqual(expect.objectContaining({ path, code }));
    expect((await auth.as(ada).get('/users/profile')).body).toEqual(before);
  });
});
