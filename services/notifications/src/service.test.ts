import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exampleFaults, fakeClock, type TestUser } from '@commonpurse/shared/testing';
import { ConfigInvalid, loadConfig } from '@commonpurse/shared/service';
import { NotificationsConfig } from './config.ts';
import { inboxRoutes } from './inbox/routes.ts';
import { Items, itemExample } from './inbox/schemas.ts';
import { socketRoutes } from './sockets/routes.ts';
import { draftOf, writerOn } from './testing/open-feed.ts';
import { startNotifications, type TestNotifications } from './testing/start-notifications.ts';

describe('the service', () => {
  let system: TestNotifications;
  let ada: TestUser;
  beforeAll(async () => {
    system = await startNotifications();
    ada = await system.user();
  });
  afterAll(() => system.stop());

  test('describes every route with examples that are valid', () => {
    expect(exampleFaults([...inboxRoutes({} as never), ...socketRoutes])).toEqual([]);
  });

  test('answers as its examples say', async () => {
    const { data, title, body } = itemExample;
    const { budgetId, name, thresholdPercent, period } = data;
    await system.crossThreshold(ada, { budgetId, name, thresholdPercent, period });
    const answer = await system.as(ada).get('/notifications?unread=true&limit=20');
    expect(Items.parse(answer.body).items[0]).toMatchObject({ type: 'budget.alert', title, body, data, readAt: null });
    expect((await system.as(ada).post(`/notifications/${answer.body.items[0].id}/read`)).status).toBe(204);
  });

  test('is described for the gateway', async () => {
    const { body } = await system.internal().get('/internal/openapi.json');
    expect(Object.keys(body.paths).toSorted()).toEqual(
      expect.arrayContaining(['/notifications', '/notifications/read-all', '/notifications/{id}/read', '/ws']),
    );
  });

  test('refuses a configuration that is none', () => {
    expect(loadConfig(NotificationsConfig, {})).toEqual({ REAL_TIME_NOTIFICATIONS: true, ALLOWED_ORIGINS: [] });
    const faulty = { REAL_TIME_NOTIFICATIONS: 'perhaps', ALLOWED_ORIGINS: 'https://app.example/path', PUBLIC_URL: 'ftp://x' };
    expect(() => loadConfig(NotificationsConfig, faulty)).toThrow(ConfigInvalid);
  });
});

test('Frames that nobody can ask for any more are taken away while the service runs', async () => {
  const clock = fakeClock();
  const system = await startNotifications({ clock });
  const store = await system.store();
  const writer = writerOn(store);
  for (let page = 0; page <= 50; page += 1) {
    await writer.append(
      'ada',
      Array.from({ length: 200 }, (_, index) => draftOf(`${page}/${index}`)),
    );
  }
  clock.advance(8 * 86_400_000);
  await system.until(async () => (await store.feed.find({}, { sort: [['_id', 1]], limit: 1 }))[0]!.first === 201);
  await system.stop();
});
