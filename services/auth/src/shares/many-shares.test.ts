import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { fakeClock, type FakeClock, overridingCollection, type TestAnswer } from '@commonpurse/shared/testing';
import { asTimePasses } from '../testing/as-time-passes.ts';
import { everything, type SharingAuth, startSharing } from '../testing/shares.ts';
import { newShare } from './share.ts';

let auth: SharingAuth;
let clock: FakeClock;
/** What comes first where somebody is about to look how much there is already; once. */
let meanwhile: (() => Promise<unknown>) | null = null;

const interrupted = (given: DocumentStore): DocumentStore =>
  overridingCollection(given, 'shares', (documents) => ({
    count: async (filter) => {
      const first = meanwhile;
      meanwhile = null;
      await first?.();
      return documents.count(filter);
    },
  }));

beforeEach(async () => {
  clock = fakeClock(Date.parse('2026-03-14T12:00:00.000Z'));
  auth = await startSharing({ clock, deps: (deps) => ({ ...deps, documents: interrupted(deps.documents) }) });
});
afterEach(() => asTimePasses(clock, auth.stop()));

interface Stored {
  readonly ownerId: string;
  readonly called?: string;
  readonly categories?: readonly string[];
  readonly expiresAt?: string;
}

/** Shares with Bob as they lie in the store, one made a second after the other. */
async function storeShares(count: number, { ownerId, called = ownerId, categories, expiresAt }: Stored): Promise<void> {
  const grantee = { email: 'bob@example.com', address: 'email:bob@example.com', id: auth.bob.id };
  const scope = { kind: 'records' as const, ...(categories && { categories: [...categories] }) };
  const drafts = Array.from({ length: count }, (_, n) => {
    const at = new Date(clock.now() + n * 1000).toISOString();
    return newShare(
      { access: 'view', scope, expiresAt: expiresAt ?? null },
      { id: `${called}-${n}`, ownerId, grantee, showsId: false, at },
    );
  });
  await auth.shares.insertMany(drafts);
}

const path = '/users/share-permission';
/** A scope of some 30 KB. */
const longNames = Array.from({ length: 100 }, (_, n) => `${String(n).padStart(3)}${'食'.repeat(97)}`);
const long = { kind: 'records', categories: longNames };

describe('At most 200 shares', () => {
  test('hold at a time', async () => {
    await storeShares(200, { ownerId: auth.ada.id, called: 'living' });
    expect(await auth.share()).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await auth.as(auth.ada).delete(`${path}/living-7`);
    expect((await auth.share()).status).toBe(201);
  });

  test('and those that have expired count no more', async () => {
    await storeShares(150, { ownerId: auth.ada.id, called: 'expired', expiresAt: '2026-03-14T12:10:00.000Z' });
    await storeShares(50, { ownerId: auth.ada.id, called: 'living' });
    expect((await auth.share()).status).toBe(409);
    clock.advance(600_000);
    expect((await auth.share()).status).toBe(201);
    expect(await auth.shares.count({ ownerId: auth.ada.id, endedAt: null })).toBe(51);
  });
});

describe('What one person shares with another', () => {
  test('is refused once it grows beyond what an account can hold of many', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 2; n += 1) ids.push((await auth.share({ scope: long })).body.id);
    const refused = await auth.share({ scope: long });
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await auth.share({ scope: long, granteeEmail: 'cyd@example.com' })).status).toBe(201);
    const small = (await auth.share()).body.id;
    const put = (id: string, scope: object, headers: Record<string, string> = {}) =>
      auth.as(auth.ada).put(`${path}/${id}`, { access: 'view', scope }, { headers });
    expect((await put(small, long)).status).toBe(409);
    expect((await put(small, long, { 'if-match': '"9"' })).status).toBe(412);
    expect((await put(ids[1]!, long)).status).toBe(200);
    expect((await put(ids[0]!, everything)).status).toBe(200);
    expect((await put(small, long)).status).toBe(200);
  });

  test('counts for no more than it becomes where it is changed', async () => {
    await auth.share({ scope: long });
    const { id } = (await auth.share({ scope: { ...long, categories: longNames.slice(10) } })).body;
    expect((await auth.as(auth.ada).put(`${path}/${id}`, { access: 'view', scope: long })).status).toBe(200);
  });

  test('may become less where it is too much already', async () => {
    await storeShares(3, { ownerId: auth.ada.id, called: 'long', categories: longNames });
    const put = (names: readonly string[]) =>
      auth.as(auth.ada).put(`${path}/long-0`, { access: 'view', scope: { ...long, categories: names } });
    expect((await put(longNames.slice(1))).status).toBe(200);
    expect((await put(longNames)).status).toBe(409);
  });

  test('counts no more once it has expired', async () => {
    for (let n = 0; n < 2; n += 1) await auth.share({ scope: long, expiresAt: '2026-03-14T12:10:00.000Z' });
    expect((await auth.share({ scope: long })).status).toBe(409);
    clock.advance(600_000);
    expect((await auth.share({ scope: long })).status).toBe(201);
  });
});

describe('A request that is sent twice at once', () => {
  test.each([
    ['place', 199, everything],
    ['room', 1, long],
  ])('is not refused for the last %s that it has taken itself', async (_, before, scope) => {
    await storeShares(before, { ownerId: auth.ada.id, ...(scope === long && { categories: longNames }) });
    const send = (): Promise<TestAnswer> => auth.share({ scope }, auth.ada, { 'idempotency-key': 'twice' });
    let first: TestAnswer | undefined;
    meanwhile = async () => (first = await send());
    const second = await send();
    expect([first?.status, second.status, second.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect(second.body).toEqual(first?.body);
    expect((await auth.share({ scope }, auth.ada, { 'idempotency-key': 'another' })).status).toBe(409);
  });
});

describe('An account', () => {
  test('holds what was shared first, and the rest once there is room', async () => {
    for (let n = 0; n < 10; n += 1) await storeShares(2, { ownerId: `owner-${n}`, categories: longNames });
    clock.advance(10_000);
    const { body: late } = await auth.share();
    const held = await auth.grantsOf(auth.bob);
    expect(Buffer.byteLength(JSON.stringify((await auth.users.get(auth.bob.id))!))).toBeLessThan(520 * 1024);
    expect(held.map(({ shareId }) => shareId)).not.toContain(late.id);
    expect((await auth.as(auth.bob).get('/users/shared-with-me?limit=1')).body.items).toMatchObject([{ id: late.id }]);
    const left = async (id: string) => (await auth.as(auth.bob).delete(`${path}/${id}`)).status;
    for (let n = 0; n < 4; n += 1) expect(await left(`owner-${n}-0`)).toBe(204);
    expect((await auth.grantsOf(auth.bob)).map(({ shareId }) => shareId)).toContain(late.id);
  });
});
