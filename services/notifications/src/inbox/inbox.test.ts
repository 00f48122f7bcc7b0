import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fakeClock, type FakeClock, type TestUser } from '@commonpurse/shared/testing';
import { startNotifications, type TestNotifications } from '../testing/start-notifications.ts';

describe('the inbox', () => {
  let clock: FakeClock;
  let system: TestNotifications;
  let ada: TestUser;
  beforeEach(async () => {
    clock = fakeClock();
    system = await startNotifications({ clock });
    ada = await system.user();
  });
  afterEach(() => system.stop());
  const items = async (query = ''): Promise<{ id: string; seq: number; title: string; readAt: string | null }[]> =>
    (await system.as(ada).get(`/notifications${query}`)).body.items;
  const alerts = async (count: number): Promise<void> => {
    for (let number = 1; number <= count; number += 1) await system.crossThreshold(ada, { name: `Budget ${number}` });
  };

  test('is empty at first', async () => {
    expect((await system.as(ada).get('/notifications?count=true')).body).toEqual({ items: [], nextCursor: null, total: 0 });
    expect((await system.as(ada).post('/notifications/read-all')).status).toBe(204);
  });

  test('lists alerts newest first, in pages, with a count', async () => {
    await alerts(5);
    const first = (await system.as(ada).get('/notifications?limit=3&count=true')).body;
    expect(first.total).toBe(5);
    const second = (await system.as(ada).get(`/notifications?limit=3&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map((item) => item.title)).toEqual(
      [5, 4, 3, 2, 1].map((number) => `Budget ${number} has reached 80 % of its budget`),
    );
    expect(first.items.map((item: { seq: number }) => item.seq)).toEqual([10, 8, 6]);
    expect(second.nextCursor).toBeNull();
  });

  test('a cursor belongs to its list', async () => {
    await alerts(2);
    const { nextCursor } = (await system.as(ada).get('/notifications?limit=1')).body;
    expect((await system.as(ada).get(`/notifications?unread=true&cursor=${nextCursor}`)).status).toBe(400);
    expect((await system.as(await system.user()).get(`/notifications?cursor=${nextCursor}`)).status).toBe(400);
  });

  test('an item is read once, and keeps the instant', async () => {
    await alerts(2);
    const [newest] = await items();
    const readAt = new Date(clock.now()).toISOString();
    expect((await system.as(ada).post(`/notifications/${newest!.id}/read`)).status).toBe(204);
    clock.advance(5_000);
    expect((await system.as(ada).post(`/notifications/${newest!.id}/read`)).status).toBe(204);
    expect((await items()).map((item) => item.readAt)).toEqual([readAt, null]);
    expect(await items('?unread=true')).toHaveLength(1);
  });

  test('of many who read one item at once, all are served', async () => {
    await alerts(1);
    const [item] = await items();
    const answers = await Promise.all(Array.from({ length: 20 }, () => system.as(ada).post(`/notifications/${item!.id}/read`)));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 204));
  });

  test('read-all covers what is there and nothing that comes later', async () => {
    await alerts(3);
    const [newest] = await items();
    await system.as(ada).post(`/notifications/${newest!.id}/read`);
    clock.advance(1_000);
    const readAllAt = new Date(clock.now()).toISOString();
    await Promise.all(Array.from({ length: 5 }, () => system.as(ada).post('/notifications/read-all')));
    clock.advance(1_000);
    await system.as(ada).post('/notifications/read-all');
    await alerts(1);
    expect((await items()).map((item) => item.readAt)).toEqual([null, new Date(clock.now() - 2_000).toISOString(), readAllAt, readAllAt]);
    expect((await system.as(ada).get('/notifications?unread=true&count=true')).body).toMatchObject({ total: 1, items: [{ readAt: null }] });
    // Read by read-all already: reading it by itself changes nothing.
    const oldest = (await items()).at(-1)!;
    await system.as(ada).post(`/notifications/${oldest.id}/read`);
    expect((await items()).at(-1)!.readAt).toBe(readAllAt);
  });

  test('read-all again covers what has come since, and nothing that was read before is read anew', async () => {
    const readAt: string[] = [];
    for (let times = 0; times < 3; times += 1) {
      await alerts(1);
      clock.advance(1_000);
      readAt.unshift(new Date(clock.now()).toISOString());
      expect((await system.as(ada).post('/notifications/read-all')).status).toBe(204);
    }
    expect((await items()).map((item) => item.readAt)).toEqual(readAt);
  });

  test('holds nothing unread once everything was read', async () => {
    await alerts(2);
    await system.as(ada).post('/notifications/read-all');
    expect((await system.as(ada).get('/notifications?unread=true&count=true')).body).toMatchObject({ items: [], total: 0 });
  });

  test("answers other people's items as absent ones", async () => {
    await alerts(1);
    const [item] = await items();
    const grace = system.as(await system.user());
    const foreign = await grace.post(`/notifications/${item!.id}/read`, undefined, { headers: { 'x-request-id': 'same' } });
    const absent = await grace.post('/notifications/absent/read', undefined, { headers: { 'x-request-id': 'same' } });
    expect(foreign.status).toBe(404);
    expect(foreign.text).toBe(absent.text);
    expect((await grace.get('/notifications')).body.items).toEqual([]);
  });

  test('takes keys with the right scope only', async () => {
    const key = (scope: string) => system.as({ token: system.auth.tokenFor(ada, { scopes: [scope] }) });
    expect((await key('notifications:read').get('/notifications')).status).toBe(200);
    expect((await key('notifications:read').post('/notifications/read-all')).status).toBe(403);
    expect((await key('notifications:read').post('/notifications/item/read')).status).toBe(403);
    expect((await key('records:read').get('/notifications')).status).toBe(403);
    expect((await system.as(null).get('/notifications')).status).toBe(401);
  });

  test('survives a restart, what was read included', async () => {
    await alerts(2);
    const [newest] = await items();
    await system.as(ada).post(`/notifications/${newest!.id}/read`);
    const before = await items();
    await system.restart();
    expect(await items()).toEqual(before);
  });
});
