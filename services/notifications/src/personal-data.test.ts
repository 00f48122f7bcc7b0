import type { PersonDoc } from '@commonpurse/shared/access';
import { describePersonalData } from '@commonpurse/shared/personal-data/contract';
import type { TestUser } from '@commonpurse/shared/testing';
import { holdsNobody, notificationsPersonalData } from './personal-data.ts';
import { openNotificationsStore } from './store.ts';
import { startNotifications, type TestNotifications } from './testing/start-notifications.ts';

/** Is told of records, of a budget, by mail too, and has read it. */
async function use(system: TestNotifications, user: TestUser, word: string): Promise<void> {
  await system.changeRecord(user, { record: { description: `${word}-description` } });
  await system.crossThreshold(user, { name: `${word}-budget`, channels: ['in-app', 'email'] });
  await system.until(() => system.mails.some(({ text }) => text.includes(`${word}-budget`)), 60_000);
  const { deliveries } = await system.store();
  await system.until(async () => (await deliveries.count({ status: 'waiting' })) === 0, 60_000);
  await system.as(user).post('/notifications/read-all');
  await system.crossThreshold(user, { name: `${word}-unread` });
}

describePersonalData({
  service: 'notifications',
  holdsNobody,
  start: async (deps) => {
    const system = await startNotifications({ deps });
    const ada = await system.user({ displayName: 'canary-ada-name' });
    const bob = await system.user({ displayName: 'canary-bob-name' });
    const cleo = await system.user();
    await use(system, ada, 'canary-ada');
    await use(system, bob, 'canary-bob');
    await system.auth.grant(cleo, ada, { access: 'edit' });
    await system.changeRecord(cleo, { by: ada });
    await system.until(async () => (await system.as(cleo).get('/notifications')).body.items.length === 1, 60_000);
    const words = ['name', 'budget', 'unread'];
    return {
      system,
      gone: { id: ada.id, canaries: words.map((word) => `canary-ada-${word}`) },
      stays: { id: bob.id, canaries: words.map((word) => `canary-bob-${word}`) },
      personal: async (documents) =>
        notificationsPersonalData(
          await openNotificationsStore(documents),
          await documents.collection<PersonDoc>({ name: 'people', indexes: [] }),
        ),
      remains: [
        ...['feed', 'inbox'].flatMap((collection) =>
          [ada.id, 'canary-ada-name'].map((what) => ({ collection, what, why: 'others were told who has changed their records' })),
        ),
        { collection: 'people', what: ada.id, why: 'with whom others share; auth tells of them anew once the share is gone' },
      ],
    };
  },
});
