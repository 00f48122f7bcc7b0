import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeClock } from '@commonpurse/shared/testing';
import { type SharingAuth, startSharing } from '../testing/shares.ts';

let auth: SharingAuth;
beforeAll(async () => {
  auth = await startSharing({ clock: fakeClock(Date.parse('2026-03-14T12:00:00.000Z')) });
});
afterAll(() => auth.stop());

const whom = { granteeEmail: 'bob@example.com' };
const records = { kind: 'records' };
const tooMany = Array.from({ length: 201 }, (_, n) => `r${n}`);

type Refused = [what: string, body: () => object, path: string, code: string];
const scopes: Refused[] = [
  ['none', () => ({ scope: undefined }), '/scope', 'required'],
  ['of an unknown kind', () => ({ scope: { kind: 'imports' } }), '/scope/kind', 'invalid-value'],
  ['of both kinds at once', () => ({ scope: { kind: 'budgets', recordIds: ['r1'] } }), '/scope/recordIds', 'unknown-field'],
  ['by id and by type', () => ({ scope: { ...records, recordIds: ['r1'], types: ['expense'] } }), '/scope/types', 'unknown-field'],
  [
    'by id and by category',
    () => ({ scope: { ...records, recordIds: ['r1'], categories: ['Food'] } }),
    '/scope/categories',
    'unknown-field',
  ],
  ['of records and budgets', () => ({ scope: { ...records, recordIds: ['r1'], budgetIds: ['b1'] } }), '/scope/budgetIds', 'unknown-field'],
  ['of some types and budgets', () => ({ scope: { ...records, types: ['expense'], budgetIds: [] } }), '/scope/budgetIds', 'unknown-field'],
  ['with an empty list of ids', () => ({ scope: { ...records, recordIds: [] } }), '/scope/recordIds', 'too-few'],
  ['with an empty list of types', () => ({ scope: { ...records, types: [] } }), '/scope/types', 'too-few'],
  ['with an empty list of categories', () => ({ scope: { ...records, categories: [] } }), '/scope/categories', 'too-few'],
  ['with an empty list of budgets', () => ({ scope: { kind: 'budgets', budgetIds: [] } }), '/scope/budgetIds', 'too-few'],
  ['with an empty category', () => ({ scope: { ...records, categories: [' '] } }), '/scope/categories/0', 'too-short'],
  ['with an unknown type', () => ({ scope: { ...records, types: ['loan'] } }), '/scope/types/0', 'invalid-value'],
  ['with a number for an id', () => ({ scope: { ...records, recordIds: [7] } }), '/scope/recordIds/0', 'invalid-type'],
  ['with an id for a list of them', () => ({ scope: { ...records, recordIds: 'r1' } }), '/scope/recordIds', 'invalid-type'],
  ['with null for its ids', () => ({ scope: { ...records, recordIds: null } }), '/scope/recordIds', 'invalid-type'],
  ['with a number among its categories', () => ({ scope: { ...records, categories: ['Food', 7] } }), '/scope/categories/1', 'invalid-type'],
  ['with too many ids', () => ({ scope: { ...records, recordIds: tooMany } }), '/scope/recordIds', 'too-many'],
  ['with an absent record', () => ({ scope: { ...records, recordIds: ['r1', 'absent'] } }), '/scope/recordIds/1', 'not-yours'],
  [
    'with an absent record behind one named twice',
    () => ({ scope: { ...records, recordIds: ['r1', 'r1', 'absent'] } }),
    '/scope/recordIds/2',
    'not-yours',
  ],
  ['with an absent budget', () => ({ scope: { kind: 'budgets', budgetIds: ['absent'] } }), '/scope/budgetIds/0', 'not-yours'],
];
const others: Refused[] = [
  ['with oneself, by address', () => ({ granteeEmail: ' ADA@example.com' }), '/granteeEmail', 'grantee-is-owner'],
  ['with oneself, by id', () => ({ granteeEmail: undefined, granteeId: auth.ada.id }), '/granteeId', 'grantee-is-owner'],
  ['by address and id', () => ({ granteeId: 'x' }), '/granteeId', 'unknown-field'],
  ['by id and an address that is null', () => ({ granteeEmail: null, granteeId: 'x' }), '/granteeEmail', 'unknown-field'],
  ['with nobody', () => ({ granteeEmail: undefined }), '/granteeEmail', 'required'],
  ['with a list of nobody', () => ({ granteeEmail: undefined, granteeId: [] }), '/granteeId', 'invalid-type'],
  ['with what is no address', () => ({ granteeEmail: 'bob' }), '/granteeEmail', 'invalid-format'],
  ['to own', () => ({ access: 'owner' }), '/access', 'invalid-value'],
  ['until the past', () => ({ expiresAt: '2026-03-14T12:00:00.000Z' }), '/expiresAt', 'expires-in-past'],
  ['until some day', () => ({ expiresAt: '2026-03-15' }), '/expiresAt', 'invalid-format'],
  ['until what is no time', () => ({ expiresAt: 'tomorrow' }), '/expiresAt', 'invalid-format'],
  ['until the year 10000', () => ({ expiresAt: '9999-12-31T23:59:59-01:00' }), '/expiresAt', 'invalid-format'],
  ['with a version', () => ({ version: 7 }), '/version', 'unknown-field'],
  ['in the name of somebody else', () => ({ ownerId: auth.bob.id }), '/ownerId', 'unknown-field'],
];

describe('sharing is refused', () => {
  test.each([...scopes.map(([what, ...rest]): Refused => [`a scope ${what}`, ...rest]), ...others])(
    '%s',
    async (_what, facts, path, code) => {
      const body = { ...whom, access: 'view', scope: records, ...facts() };
      const answer = await auth.as(auth.ada).post('/users/share-permission', body);
      expect(answer.body).toMatchObject({
        status: 400,
        code: 'validation-failed',
        errors: [expect.objectContaining({ path, code })],
      });
      expect(await auth.shares.count({})).toBe(0);
    },
  );

  test('with an id that is nobody, or whose address nobody has shown to be theirs', async () => {
    await auth.register({ email: 'pending@example.com' });
    const pending = await auth.until(async () => (await auth.users.find({ email: 'pending@example.com' }))[0]);
    for (const granteeId of ['absent', pending._id]) expect((await auth.share({ granteeId })).status).toBe(404);
    for (const wrong of [{ expiresAt: '2020-01-01T00:00:00.000Z' }, { scope: { ...records, recordIds: ['absent'] } }])
      expect((await auth.share({ granteeId: 'absent', ...wrong })).status).toBe(400);
  });

  test("alike for somebody else's records and for absent ones", async () => {
    const answers = await Promise.all(
      ['r1', 'rX'].map((id) => auth.share({ scope: { kind: 'records', recordIds: [id] }, granteeEmail: 'cyd@example.com' }, auth.bob)),
    );
    const told = answers.map(({ status, body: { requestId: _id, ...body } }) => ({ status, body }));
    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toMatchObject({ status: 400, body: { errors: [{ path: '/scope/recordIds/0', code: 'not-yours' }] } });
  });

  test('where what is changed to would be refused too', async () => {
    const { body } = await auth.share({ scope: { kind: 'records', recordIds: ['r1', 'r1', 'r2'] } });
    expect(body.scope).toEqual({ kind: 'records', recordIds: ['r1', 'r2'] });
    const put = (terms: object) =>
      auth.as(auth.ada).put(`/users/share-permission/${body.id}`, { access: 'view', scope: records, ...terms });
    expect((await put({ scope: { kind: 'records', recordIds: ['rX'] } })).status).toBe(400);
    expect((await put({ granteeEmail: 'cyd@example.com' })).body.errors).toMatchObject([{ path: '/granteeEmail', code: 'unknown-field' }]);
    expect((await put({ expiresAt: '2020-01-01T00:00:00Z' })).status).toBe(400);
    expect((await put({ expiresAt: null })).body).toMatchObject({ scope: records, expiresAt: null, version: 2 });
    await auth.as(auth.ada).delete(`/users/share-permission/${body.id}`);
  });

  test('of who is not signed in, or comes with a key', async () => {
    expect((await auth.request('POST', '/users/share-permission', { body: {} })).status).toBe(401);
    expect((await auth.request('GET', '/users/shared-by-me')).status).toBe(401);
    const { body: made } = await auth.as(auth.ada).post('/auth/api-keys', { name: 'k', scopes: ['profile:read', 'shares:read'] });
    const { token } = (await auth.internal().post('/internal/key-tokens', { key: made.key })).body;
    expect((await auth.as({ token }).get('/users/shared-by-me')).status).toBe(200);
    const { body: share } = await auth.share();
    const path = `/users/share-permission/${share.id}`;
    const tries = [
      auth.as({ token }).post('/users/share-permission', { ...whom, access: 'view', scope: records }),
      auth.as({ token }).put(path, { access: 'edit', scope: records }),
      auth.as({ token }).delete(path),
    ];
    for (const { body } of await Promise.all(tries)) expect(body).toMatchObject({ status: 403, code: 'insufficient-scope' });
    expect(await auth.shares.find({ endedAt: null })).toMatchObject([{ access: 'view', ownerId: auth.ada.id }]);
  });
});
