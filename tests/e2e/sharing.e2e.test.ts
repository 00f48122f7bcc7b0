import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Frame, TestAnswer } from '@commonpurse/shared/testing';
import { eventually } from './support/eventually.ts';
import { expense, plan, statement } from './support/household.ts';
import { cleanUp, launch, type RunningSystem } from './support/launch.ts';
import { goLive, type Live } from './support/live.ts';
import { type Person, signUp } from './support/person.ts';
import { importFile, multipart } from './support/upload.ts';

let system: RunningSystem;
let ada: Person;
let live: Live;
/** Whom Ada has told nothing. */
let eve: Person;

beforeAll(async () => {
  system = await launch();
  ada = await signUp(system, 'ada@home.example', { displayName: 'Ada', baseCurrency: 'EUR' });
  eve = await signUp(system, 'eve@elsewhere.example');
  live = await goLive(system.url, ada.tokens.accessToken);
});
afterAll(cleanUp);

async function done(asked: Promise<TestAnswer>, status = 201): Promise<TestAnswer['body']> {
  const answer = await asked;
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: answer.text });
  return answer.body;
}
const spend = (category: string, description: string, amount = '10.00'): Promise<{ id: string }> =>
  done(ada.post('/records', { ...expense, category, description, amount }));
const share = (who: { email: string }, access: 'view' | 'edit', scope: object): Promise<{ id: string }> =>
  done(ada.post('/users/share-permission', { granteeEmail: who.email, access, scope }));
const revoke = ({ id }: { id: string }): Promise<unknown> => done(ada.call('DELETE', `/users/share-permission/${id}`), 204);

/** What Ada's records look like to somebody: by list, search and total, each in both ways to ask. */
async function seenBy(who: Person, word: string): Promise<Record<string, unknown>> {
  const told = async (query: string): Promise<unknown> => {
    const { status, body } = await who.get(`/records?count=true&limit=200&${query}`);
    if (status !== 200) return status;
    return { descriptions: body.items.map(({ description }: { description: string }) => description).toSorted(), total: body.total };
  };
  return { hers: await told(`owner=${ada.id}`), all: await told('owner=all'), found: await told(`owner=all&q=${word}`) };
}
/** Until everything that happened up to now has been told live: the last word to each of the two. */
async function untilTold(who: Person, whose: Live): Promise<void> {
  const { id: hers } = await spend('Fees', 'The last word to Ada');
  await live.frame(({ data }) => data.id === hers);
  const { id: own } = await done(who.post('/records', { ...expense, description: 'The last word' }));
  await whose.frame(({ data }) => data.id === own);
}

describe('Who is shown the groceries', () => {
  let ben: Person;
  let benLive: Live;
  let groceries: { id: string };
  let bread: { id: string };
  let rent: { id: string };

  beforeAll(async () => {
    ben = await signUp(system, 'ben@home.example');
    benLive = await goLive(system.url, ben.tokens.accessToken);
    bread = await spend('Groceries', 'Bread for Sunday');
    rent = await spend('Rent', 'The flat and Sunday’s cellar', '700.00');
    groceries = await share(ben, 'view', { kind: 'records', categories: ['Groceries'] });
  });

  test('sees them in lists, searches and totals, and nothing else', async () => {
    const one = { descriptions: ['Bread for Sunday'], total: 1 };
    expect(await seenBy(ben, 'sunday')).toEqual({ hers: one, all: one, found: one });
    expect((await ben.get('/records?count=true')).body).toMatchObject({ items: [], total: 0 });
    expect((await ben.get(`/records/${bread.id}`)).body).toMatchObject({ ownerId: ada.id, description: 'Bread for Sunday' });
    expect((await ben.get(`/records/${rent.id}`)).status).toBe(404);
    expect((await ben.get(`/budgets?owner=${ada.id}`)).status).toBe(404);
    expect((await ben.get('/categories')).text).not.toContain('Rent');
    expect(await seenBy(eve, 'sunday')).toMatchObject({ hers: 404, all: { total: 0 }, found: { total: 0 } });
  });

  test('can not change them', async () => {
    const tries = [
      ben.call('PATCH', `/records/${bread.id}`, { body: { description: 'Cake' } }),
      ben.call('DELETE', `/records/${bread.id}`),
      ben.post(`/records?owner=${ada.id}`, { ...expense, category: 'Groceries' }),
      ben.call('POST', `/records/bulk-import?owner=${ada.id}`, multipart(Buffer.from(statement), { defaults: { category: 'Groceries' } })),
    ];
    for (const { status } of await Promise.all(tries)) expect(status).toBe(403);
    expect((await ada.get(`/records/${bread.id}`)).body).toMatchObject({ description: 'Bread for Sunday', version: 1 });
  });

  test('hears of them live, and of nothing else', async () => {
    await benLive.frame(({ type, data }) => type === 'share.granted' && data.id === groceries.id);
    await live.frame(({ type, data }) => type === 'presence' && data.userId === ben.id && data.status === 'online');
    const butter = await spend('Groceries', 'Butter');
    await done(ada.call('PATCH', `/records/${rent.id}`, { body: { amount: '710.00' } }), 200);
    await done(ada.call('PATCH', `/records/${butter.id}`, { body: { amount: '3.00' } }), 200);
    await done(ada.call('DELETE', `/records/${butter.id}`), 204);
    await benLive.frame(({ type, data }) => type === 'record.deleted' && data.id === butter.id);
    await untilTold(ben, benLive);
    const heard = benLive.frames.filter(({ type, data }) => type.startsWith('record.') && data.ownerId !== ben.id);
    // who is told is asked when a record's event comes, so the bread may be news, too, where its event came after the share
    expect(new Set([bread.id, ...heard.map(({ data }) => data.id)])).toEqual(new Set([bread.id, butter.id]));
    expect(JSON.stringify(benLive.frames)).not.toMatch(/flat|last word to Ada/);
  });

  test('hears that one is gone when it becomes something else', async () => {
    const soap = await spend('Groceries', 'Soap');
    await benLive.frame(({ type, data }) => type === 'record.created' && data.id === soap.id);
    await done(ada.call('PATCH', `/records/${soap.id}`, { body: { category: 'Household', description: 'Something else' } }), 200);
    await benLive.frame(({ type, data }) => type === 'record.deleted' && data.id === soap.id);
    expect((await ben.get(`/records/${soap.id}`)).status).toBe(404);
    expect(JSON.stringify(benLive.frames)).not.toContain('Something else');
  });

  test('has it until it is taken back, and not for one request longer', async () => {
    const before = benLive.frames.length;
    await revoke(groceries);
    const none = { descriptions: [], total: 0 };
    const { all, ...rest } = await seenBy(ben, 'sunday');
    expect(rest).toEqual({ hers: 404, found: none });
    expect(JSON.stringify(all)).not.toContain('Sunday');
    expect((await ben.get(`/records/${bread.id}`)).status).toBe(404);
    expect((await ben.get(`/records/${bread.id}/history`)).status).toBe(404);
    expect((await ben.get('/users/shared-with-me')).body.items).toEqual([]);
    await done(ada.call('PATCH', `/records/${bread.id}`, { body: { description: 'Bread for Monday' } }), 200);
    await spend('Groceries', 'Milk for Monday');
    await benLive.frame(({ type, data }) => type === 'share.revoked' && data.id === groceries.id);
    await untilTold(ben, benLive);
    const since = benLive.frames.slice(before).filter(({ data }) => data.ownerId !== ben.id);
    expect(since.filter(({ type }) => type !== 'presence').map(({ type }) => type)).toEqual(['share.revoked']);
    expect(JSON.stringify(benLive.frames)).not.toContain('Monday');
  });

  test('is not told again what they saw once', async () => {
    const again = await goLive(system.url, ben.tokens.accessToken, 0);
    await again.frame(({ type, data }) => type === 'share.revoked' && data.id === groceries.id);
    await again.frame(({ type, data }) => type === 'record.created' && data.description === 'The last word');
    expect(again.frames.filter(({ type, data }: Frame) => type.startsWith('record.') && data.ownerId === ada.id)).toEqual([]);
    expect(JSON.stringify(again.frames)).not.toMatch(/Bread|Butter|Soap/);
    await again.close();
  });
});

describe('Who may change one budget', () => {
  let cleo: Person;
  let food: { id: string };
  let trips: { id: string };
  let kitchen: { id: string };

  beforeAll(async () => {
    cleo = await signUp(system, 'cleo@home.example', { displayName: 'Cleo' });
    food = await done(ada.post('/budgets', { ...plan, amount: '400.00', categories: [{ category: 'Fruit' }] }));
    trips = await done(ada.post('/budgets', { ...plan, name: 'Trips', amount: '900.00', categories: [{ category: 'Trips' }] }));
    kitchen = await share(cleo, 'edit', { kind: 'budgets', budgetIds: [food.id] });
  });

  test('sees it and how far it is, and none of the records behind it', async () => {
    const apples = await spend('Fruit', 'Apples', '100.00');
    const progress = await eventually(
      () => cleo.get(`/budgets/${food.id}/progress?date=${expense.date}`),
      ({ body }) => body.spent === '100.00',
    );
    expect(progress.body).toMatchObject({ spent: '100.00', remaining: '300.00', percent: 25 });
    expect((await cleo.get(`/budgets?owner=${ada.id}&count=true`)).body).toMatchObject({ items: [{ id: food.id }], total: 1 });
    for (const path of [`/budgets/${trips.id}`, `/budgets/${trips.id}/progress`, `/records/${apples.id}`, `/records?owner=${ada.id}`])
      expect([path, (await cleo.get(path)).status]).toEqual([path, 404]);
  });

  test('changes it in the name of its owner, who is told who did', async () => {
    const changed = await done(cleo.call('PATCH', `/budgets/${food.id}`, { body: { amount: '500.00' } }), 200);
    expect(changed).toMatchObject({ ownerId: ada.id, amount: '500.00', version: 2 });
    expect((await ada.get(`/budgets/${food.id}`)).body).toEqual(changed);
    const { data } = await live.frame(({ type, data: item }) => type === 'notification' && item.type === 'budget.edited');
    expect(data.title).toBe('Cleo has changed your budget Food');
    expect(data.data).toEqual({ budgetId: food.id, version: 2, by: cleo.id, byName: 'Cleo' });
    expect((await cleo.call('DELETE', `/budgets/${food.id}`)).status).toBe(403);
  });

  test('has it until it is taken back, and not for one request longer', async () => {
    await revoke(kitchen);
    const tries = [
      cleo.get(`/budgets/${food.id}`),
      cleo.get(`/budgets/${food.id}/progress`),
      cleo.get(`/budgets?owner=${ada.id}`),
      cleo.call('PATCH', `/budgets/${food.id}`, { body: { amount: '600.00' } }),
    ];
    for (const { status } of await Promise.all(tries)) expect(status).toBe(404);
    expect((await cleo.get('/budgets?owner=all')).body.items).toEqual([]);
    expect((await ada.get(`/budgets/${food.id}`)).body.amount).toBe('500.00');
  });
});

describe('Who may change records', () => {
  let dan: Person;
  beforeAll(async () => {
    dan = await signUp(system, 'dan@home.example', { displayName: 'Dan' });
    await share(dan, 'edit', { kind: 'records', categories: ['Garden'] });
  });

  test('leaves them their owner’s, who is told, and whose history says who it was', async () => {
    const seeds = await spend('Garden', 'Seeds');
    const changed = await done(dan.call('PATCH', `/records/${seeds.id}`, { body: { amount: '11.00' } }), 200);
    expect(changed).toMatchObject({ ownerId: ada.id, createdBy: ada.id, amount: '11.00', version: 2 });
    const { items } = (await ada.get(`/records/${seeds.id}/history`)).body;
    expect(items.map(({ by, action }: { by: string; action: string }) => [by, action])).toEqual([
      [dan.id, 'updated'],
      [ada.id, 'created'],
    ]);
    const { data } = await live.frame(({ type, data: item }) => type === 'notification' && item.data.recordId === seeds.id);
    expect(data).toMatchObject({ type: 'record.edited', title: 'Dan has changed a record of yours', data: { by: dan.id, byName: 'Dan' } });
  });

  test('enters and imports for their owner what lies in the share', async () => {
    const spade = await done(dan.post(`/records?owner=${ada.id}`, { ...expense, category: 'Garden', description: 'Spade' }));
    expect(spade).toMatchObject({ ownerId: ada.id, createdBy: dan.id });
    expect((await ada.get(`/records/${spade.id}`)).body).toEqual(spade);
    expect((await dan.post(`/records?owner=${ada.id}`, { ...expense, category: 'Rent' })).status).toBe(403);
    expect((await dan.call('PATCH', `/records/${spade.id}`, { body: { category: 'Rent' } })).status).toBe(403);
    const forAda: Person = { ...dan, call: (method, path, call) => dan.call(method, `${path}?owner=${ada.id}`, call) };
    const job = await importFile(forAda, Buffer.from(statement), { defaults: { category: 'Garden' } });
    expect(job).toMatchObject({ status: 'done', rows: { total: 2, imported: 2 } });
    const { items } = (await ada.get('/records?category=Garden&q=bakery')).body;
    expect(items).toMatchObject([{ ownerId: ada.id, createdBy: dan.id }]);
  });
});

describe('A share', () => {
  test('waits for somebody who has not registered yet', async () => {
    const address = 'fay@home.example';
    const lamp = await spend('Light', 'Lamp');
    const waiting = await share({ email: address }, 'view', { kind: 'records', recordIds: [lamp.id] });
    const fay = await signUp(system, address);
    expect((await fay.get('/users/shared-with-me')).body.items).toMatchObject([{ id: waiting.id, ownerId: ada.id, ownerName: 'Ada' }]);
    expect((await fay.get(`/records/${lamp.id}`)).body).toMatchObject({ description: 'Lamp' });
    expect((await fay.get('/records?owner=all&count=true')).body.total).toBe(1);
  });

  test('ends when it was said to, with nobody doing anything', async () => {
    const gus = await signUp(system, 'gus@home.example');
    const tent = await spend('Camping', 'Tent');
    const { id } = await share(gus, 'view', { kind: 'records', categories: ['Camping'] });
    const look = (): Promise<TestAnswer> => gus.get(`/records/${tent.id}`);
    expect((await look()).status).toBe(200);
    const endsAt = Date.now() + 8_000;
    const terms = { access: 'view', scope: { kind: 'records', categories: ['Camping'] }, expiresAt: new Date(endsAt).toISOString() };
    await done(ada.call('PUT', `/users/share-permission/${id}`, { body: terms }), 200);
    const { status } = await eventually(look, (answer) => answer.status !== 200);
    expect([status, Date.now() >= endsAt]).toEqual([404, true]);
    expect((await gus.get(`/records?owner=${ada.id}`)).status).toBe(404);
    for (const [who, list] of [[gus, 'with-me'] as const, [ada, 'by-me'] as const]) {
      const { items } = (await who.get(`/users/shared-${list}`)).body;
      expect(items.map((item: { id: string }) => item.id)).not.toContain(id);
    }
  });
});
