import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BudgetChanged, ShareChanged, type ShareView } from '@commonpurse/shared/contracts';
import { eventOf } from '@commonpurse/shared/messaging';
import type { TestUser } from '@commonpurse/shared/testing';
import { startNotifications, type TestNotifications } from '../testing/start-notifications.ts';

let system: TestNotifications;
let ada: TestUser;
let bob: TestUser;
beforeEach(async () => {
  system = await startNotifications();
  [ada, bob] = [await system.user({ displayName: 'Ada' }), await system.user({ displayName: 'Bob' })];
});
afterEach(() => system.stop());

const at = '2026-01-15T12:00:00.000Z';
let told = 0;
async function happens(action: ShareChanged['action'], facts: Partial<ShareView> = {}, to: string | null = bob.id, ended = false) {
  const share: ShareView = {
    id: 'share-1',
    ownerId: ada.id,
    ownerName: 'Ada',
    granteeEmail: 'bob@example.com',
    access: 'view',
    scope: { kind: 'records', categories: ['Food'] },
    expiresAt: null,
    createdAt: at,
    version: 1,
    ...facts,
  };
  told += 1;
  const envelope = { subject: 'share-1', version: told, time: at, correlationid: 'r', actor: ada.id };
  const event = eventOf(ShareChanged, { ...envelope, data: { action, share, granteeId: to, ended } });
  await system.publish(event);
  return { share, event };
}
const titles = async (user: TestUser): Promise<string[]> =>
  (await system.as(user).get('/notifications')).body.items.map(({ title }: { title: string }) => title);

describe('A share', () => {
  test('is a frame to its grantee and an item beside it, once', async () => {
    const socket = await system.connect(bob);
    const { share, event } = await happens('granted');
    await system.publish(event);
    const item = await socket.next('notification');
    expect(socket.frames.slice(1).map(({ seq, type, data }) => [seq, type, data])).toEqual([
      [1, 'share.granted', share],
      [2, 'notification', item.data],
    ]);
    expect(item.data).toMatchObject({ seq: 2, type: 'share.granted', title: 'Ada shares records with you', data: share, readAt: null });
    expect(await system.headOf(ada)).toBe(0);
  });

  test('that is changed is told too, and that it is taken back by its frame alone', async () => {
    const socket = await system.connect(bob);
    await happens('changed', { access: 'edit', version: 2 });
    await happens('revoked', { version: 3 }, bob.id, true);
    await socket.next('share.revoked');
    expect(socket.frames.slice(1).map(({ type, data }) => [type, type === 'notification' ? data.title : data.version])).toEqual([
      ['share.granted', 2],
      ['notification', 'Ada has changed what is shared with you'],
      ['share.revoked', 3],
    ]);
    expect(await system.headOf(bob)).toBe(3);
    expect(await titles(bob)).toEqual(['Ada has changed what is shared with you']);
  });

  test('that was left is told to both, and to its owner in words', async () => {
    await happens('left', {}, bob.id, true);
    expect([await system.headOf(ada), await system.headOf(bob)]).toEqual([2, 1]);
    expect(await titles(ada)).toEqual(['bob@example.com has left what you shared']);
    expect(await titles(bob)).toEqual([]);
  });

  test('that waits for somebody, or is over by now, is told to nobody', async () => {
    await happens('granted', {}, null);
    await happens('granted', {}, bob.id, true);
    expect([await system.headOf(ada), await system.headOf(bob)]).toEqual([0, 0]);
  });
});

test('An owner is told when somebody else changes a budget', async () => {
  const budget = {
    id: 'b1',
    version: 2,
    ownerId: ada.id,
    name: 'Food',
    amountMinor: 25_000,
    currency: 'EUR',
    period: 'monthly' as const,
    startDate: '2026-01-01',
    endDate: null,
    categories: [],
    alerts: [],
    enforcement: 'notify' as const,
    deleted: false,
    createdAt: at,
    updatedAt: at,
  };
  const change = (version: number, actor: string) =>
    eventOf(BudgetChanged, {
      subject: 'b1',
      version,
      time: at,
      correlationid: 'r',
      actor,
      data: { action: 'updated', budget, historyHash: null },
    });
  await system.publish(change(2, ada.id));
  await system.publish(change(3, bob.id));
  expect((await system.as(ada).get('/notifications')).body.items).toMatchObject([
    {
      type: 'budget.edited',
      title: 'Bob has changed your budget Food',
      body: 'It is 250.00 EUR now.',
      data: { budgetId: 'b1', by: bob.id },
    },
  ]);
});
