import { expect, test } from '@jest/globals';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { fakeClock, memoryDisk } from '@commonpurse/shared/testing';
import { openedAccount } from '../accounts/registration.ts';
import { createChangeUser } from '../people/change-user.ts';
import { openAuthStore } from '../store.ts';
import { settlePerson } from './settle-share.ts';
import { newShare } from './share.ts';

const clock = fakeClock();
const profile = { displayName: 'bob', baseCurrency: 'EUR', locale: 'en', timeZone: 'UTC', monthStartDay: 1 };
const asked = { email: 'bob@x.org', passwordHash: '', profile, mailId: 'm' };
const at = '2026-01-01T00:00:00.000Z';

test('a share that the relay and a request bring home at once is for neither home before every service knows of it', async () => {
  const store = await openAuthStore(await openJsonStore({ directory: '/auth', disk: memoryDisk(), clock }));
  await store.users.insert({ ...openedAccount('bob', asked, Buffer.alloc(32), clock.now()), verifiedAt: at, personVersion: 1 });
  const grantee = { email: 'bob@x.org', address: 'email:bob@x.org', id: 'bob' };
  const terms = { access: 'edit', scope: { kind: 'records' }, expiresAt: null } as const;
  await store.shares.insert(newShare(terms, { id: 's', ownerId: 'ada', grantee, showsId: false, at }));

  const raised: number[] = [];
  const bothRaise = Promise.withResolvers<string>();
  const answer = Promise.withResolvers<void>();
  const raise = async (_userId: string, version: number): Promise<void> => {
    raised.push(version);
    if (raised.length === 2) bothRaise.resolve('both raise the stamp');
    await answer.promise;
  };
  const deps = { store, clock, changeUser: createChangeUser({ store, stamps: { raise }, clock }) };
  const settling = [1, 2].map(() => settlePerson(deps, 'bob', { by: 'ada', requestId: 'r' }));

  expect(await Promise.race([bothRaise.promise, ...settling])).toBe('both raise the stamp');
  expect(raised).toEqual([2, 2]);
  answer.resolve();
  await Promise.all(settling);
  expect((await store.users.get('bob'))?.grants).toMatchObject([{ shareId: 's', access: 'edit' }]);
});
