import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PersonState, UserChanged } from '@commonpurse/shared/contracts';
import { readHistory, verifyChain } from '@commonpurse/shared/messaging';
import { startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

describe('a person, as other services see them', () => {
  test('is whole, and nothing but the contract', async () => {
    const ada = await auth.person('ada@example.com');
    const { status, body } = await auth.internal('records').get(`/internal/people/${ada.id}`);
    expect(status).toBe(200);
    expect(PersonState.parse(body)).toEqual(body);
    expect(body).toMatchObject({ email: 'ada@example.com', status: 'active', sessions: [{ id: ada.refreshToken.split('.')[0] }] });
  });

  test('does not exist until the address is verified', async () => {
    await auth.register({ email: 'pending@example.com' });
    const pending = await auth.until(async () => (await auth.users.find({ email: 'pending@example.com' }))[0]);
    expect((await auth.internal().get(`/internal/people/${pending._id}`)).status).toBe(404);
    expect((await auth.internal().get('/internal/people/nobody')).status).toBe(404);
  });

  test('is one of several that are asked about at once', async () => {
    const [cyd, dee] = [await auth.person('cyd@example.com'), await auth.person('dee@example.com')];
    const { body } = await auth.internal().get(`/internal/people?ids=${cyd.id},nobody,${dee.id},${cyd.id}`);
    expect(body.people.map(({ id }: { id: string }) => id)).toEqual([cyd.id, dee.id]);
    expect((await auth.internal().get(`/internal/people?ids=${'x,'.repeat(64)}x`)).status).toBe(400);
    expect((await auth.as(cyd).get(`/internal/people?ids=${dee.id}`)).status).toBe(401);
  });

  test('is shown to services only, never to users', async () => {
    const ada = await auth.person('nosy@example.com');
    expect((await auth.as(ada).get(`/internal/people/${ada.id}`)).status).toBe(401);
    expect((await auth.internal().get('/users/profile')).status).toBe(401);
  });

  test('is told of by an event for every change, whose versions have no gap', async () => {
    const ada = await auth.person('told@example.com');
    await auth.login('told@example.com');
    await auth.as(ada).put('/users/profile', { displayName: 'A', baseCurrency: 'EUR', locale: 'en', timeZone: 'UTC', monthStartDay: 2 });
    await auth.as(ada).post('/auth/logout', { allDevices: true });
    const told = () => auth.published.filter(({ subject }) => subject === ada.id);
    // The bus may bring them in any order, and one twice.
    const versions = () => [...new Set(told().map(({ version }) => version))].toSorted();
    await auth.until(() => versions().length >= 5);
    expect(versions()).toEqual([1, 2, 3, 4, 5]);
    for (const event of told()) expect(UserChanged.schema.parse(event.data)).toEqual(event.data);
    expect(told().find(({ version }) => version === 5)?.data).toMatchObject({
      displayName: 'A',
      monthStartDay: 2,
      sessions: [],
      version: 5,
    });
  });

  test('leaves a history that can be checked and holds no secrets', async () => {
    const ada = await auth.person('history@example.com');
    const lines = await readHistory(auth.history, ada.id, await auth.users.get(ada.id));
    expect(lines.map(({ entry }) => entry.action)).toEqual(['created', 'signed-in']);
    expect(verifyChain(lines)).toMatchObject({ ok: true });
    expect(JSON.stringify(lines)).not.toMatch(/\$2b\$|token|password/i);
  });
});
