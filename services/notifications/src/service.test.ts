import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exampleFaults, type TestUser } from '@commonpurse/shared/testing';
import { ConfigInvalid, loadConfig } from '@commonpurse/shared/service';
import { NotificationsConfig } from './config.ts';
import { inboxRoutes } from './inbox/routes.ts';
import { Items, itemExample } from './inbox/schemas.ts';
import { socketRoutes } from './sockets/routes.ts';
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
