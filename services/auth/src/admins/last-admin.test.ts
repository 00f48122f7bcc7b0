import { afterEach, describe, expect, test } from '@jest/globals';
import { type DocumentStore, StoreUnavailable } from '@commonpurse/shared/documents';
import { overridingCollection, type TestAnswer } from '@commonpurse/shared/testing';
import { sentTwice } from '../testing/sent-twice.ts';
import { type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
/** Whether accounts can be written. */
let accountsWritable = true;
/** What comes first where somebody is about to write an account, or the first of all decisions; once. */
let meanwhile: (() => Promise<unknown>) | null = null;
afterEach(() => auth.stop());

async function comesFirst(): Promise<void> {
  const first = meanwhile;
  meanwhile = null;
  await first?.();
}
const interruptedAccounts = (store: DocumentStore): DocumentStore =>
  overridingCollection(store, 'users', (documents) => ({
    replace: async (...change) => {
      await comesFirst();
      if (!accountsWritable) throw new StoreUnavailable('gone');
      return documents.replace(...change);
    },
  }));
const interrupted = (store: DocumentStore): DocumentStore =>
  overridingCollection(interruptedAccounts(store), 'admin-rolls', (documents) => ({
    insert: async (...first) => {
      await comesFirst();
      return documents.insert(...first);
    },
  }));
async function start(): Promise<void> {
  accountsWritable = true;
  auth = await startAuth({
    env: { RATE_LIMIT_AUTH: 'off' },
    deps: (deps) => ({ ...deps, documents: interrupted(deps.documents) }),
  });
}
async function admins(count: number): Promise<SignedIn[]> {
  const made: SignedIn[] = [];
  for (let n = 0; n < count; n++) {
    const who = await auth.person(`admin-${n}@example.com`);
    expect((await auth.internal().post('/internal/admins', { email: who.email })).status).toBe(200);
    made.push(who);
  }
  return made;
}
const patch = (by: SignedIn, id: string, body: object): Promise<TestAnswer> => auth.as(by).patch(`/admin/users/${id}`, body);
const outcome = ({ status, body }: TestAnswer): string => `${status} ${body?.code ?? ''}`.trim();
const activeAdmins = async (): Promise<number> => auth.users.count({ role: 'admin', status: 'active' });

describe('the last administrator', () => {
  test('can be neither demoted nor disabled, by nobody', async () => {
    await start();
    const [ada] = (await admins(1)) as [SignedIn];
    expect(outcome(await patch(ada, ada.id, { role: 'user' }))).toBe('409 last-admin');
    expect(outcome(await patch(ada, ada.id, { status: 'disabled' }))).toBe('409 last-admin');
    expect((await auth.as(ada).get('/users/profile')).body.role).toBe('admin');
  });

  test('is the last one also beside administrators that are disabled', async () => {
    await start();
    const [ada, bob] = (await admins(2)) as [SignedIn, SignedIn];
    expect(outcome(await patch(ada, bob.id, { status: 'disabled' }))).toBe('200');
    expect(outcome(await patch(ada, ada.id, { role: 'user' }))).toBe('409 last-admin');
    await patch(ada, bob.id, { status: 'active' });
    expect(outcome(await patch(ada, ada.id, { role: 'user' }))).toBe('200');
  });

  test('stays when two demote each other at the same moment, again and again', async () => {
    await start();
    const [ada, bob] = (await admins(2)) as [SignedIn, SignedIn];
    for (let n = 0; n < 20; n++) {
      await Promise.all([patch(ada, bob.id, { role: 'user' }), patch(bob, ada.id, { role: 'user' })]);
      expect(await activeAdmins()).toBe(1);
      for (const { email } of [ada, bob]) await auth.internal().post('/internal/admins', { email });
      expect(await activeAdmins()).toBe(2);
    }
  });

  test('stays when ten demote and disable all ten, all at once', async () => {
    await start();
    const all = await admins(10);
    const calls = all.flatMap((by) => all.map((other, n) => patch(by, other.id, n % 2 === 0 ? { role: 'user' } : { status: 'disabled' })));
    await Promise.all(calls);
    expect(await activeAdmins()).toBe(1);
    const [roll] = await auth.rolls.find({});
    expect(roll).toMatchObject({ pending: null, userIds: [(await auth.users.find({ role: 'admin', status: 'active' }))[0]!._id] });
  });
});

describe('a process that dies between the decision and the account', () => {
  test('leaves the decision to whoever comes next, and nobody gets around it', async () => {
    await start();
    const [ada, bob] = (await admins(2)) as [SignedIn, SignedIn];
    accountsWritable = false;
    expect(outcome(await patch(ada, bob.id, { role: 'user' }))).toBe('503 service-unavailable');
    expect((await auth.rolls.find({}))[0]?.pending).toMatchObject({ userId: bob.id, role: 'user' });
    accountsWritable = true;
    // Bob is still an administrator: the decision was never acknowledged. It is carried out before Ada's own is looked at.
    expect(outcome(await patch(bob, ada.id, { role: 'user' }))).toBe('409 last-admin');
    expect((await auth.as(bob).get('/users/profile')).body.role).toBe('user');
    expect(await activeAdmins()).toBe(1);
  });
});

test('decisions about several people at the same moment are all made, the first two of all included', async () => {
  await start();
  const people: SignedIn[] = [];
  for (let n = 0; n < 5; n++) people.push(await auth.person(`person-${n}@example.com`));
  const [ada, ...others] = people as [SignedIn, ...SignedIn[]];
  const make = async ({ email }: SignedIn): Promise<string> => outcome(await auth.internal().post('/internal/admins', { email }));
  let second = '';
  meanwhile = async () => (second = await make(others[0]!));
  expect([await make(ada), second]).toEqual(['200', '200']);
  expect(await Promise.all(others.slice(1).map(make))).toEqual(Array(3).fill('200'));
  const changed = await Promise.all(others.map(({ id }) => patch(ada, id, { role: 'user' })));
  expect(changed.map(outcome)).toEqual(Array(4).fill('200'));
  expect((await auth.rolls.find({}))[0]).toMatchObject({ pending: null, userIds: [ada.id] });
});

describe('a decision that others have carried out meanwhile', () => {
  test('is not carried out once more over a later one, however late its process goes on', async () => {
    await start();
    const [ada, bob] = (await admins(2)) as [SignedIn, SignedIn];
    const eve = await auth.person('eve@example.com');
    meanwhile = () => patch(bob, eve.id, { status: 'active', role: 'admin' });
    expect(outcome(await patch(ada, eve.id, { status: 'disabled' }))).toBe('200');
    expect(await auth.users.get(eve.id)).toMatchObject({ status: 'active', role: 'admin', profileVersion: 3 });
    expect((await auth.rolls.find({}))[0]?.userIds).toContain(eve.id);
  });

  test('is answered to neither of two before every service can know, and is made once', async () => {
    await start();
    const [ada] = (await admins(1)) as [SignedIn];
    const eve = await auth.person('eve@example.com');
    const disable = () => patch(ada, eve.id, { status: 'disabled' });
    expect(await sentTwice(auth, disable)).toEqual({ second: 'raises the stamp, too', statuses: [200, 200] });
    expect(await auth.users.get(eve.id)).toMatchObject({ status: 'disabled', profileVersion: 2 });
  });
});
