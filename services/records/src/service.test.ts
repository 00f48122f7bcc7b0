import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RecordChanged } from '@commonpurse/shared/contracts';
import { fakeClock, startTestService, type TestClient, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { shippedCategories } from './catalog/category.ts';
import { RecordsConfig } from './config.ts';
import * as examples from './entries/examples.ts';
import { historyExample } from './history/examples.ts';
import { createRecordsService } from './service.ts';

let system: TestService;
let ada: TestUser;
let client: TestClient;
const clock = fakeClock(Date.parse('2026-03-14T12:00:00.000Z'));

beforeAll(async () => {
  system = await startTestService((deps) => createRecordsService({ ...deps, config: RecordsConfig.parse({}) }), { clock });
  ada = await system.user({ baseCurrency: 'EUR' });
  client = system.as(ada);
});
afterAll(() => system.stop());

const lunch = { type: 'expense', amount: '12.50', currency: 'EUR', date: '2026-03-14', category: 'Food' };
const faults = (body: { errors?: { path: string; code: string }[] }): string[] =>
  (body.errors ?? []).map(({ path, code }) => `${path} ${code}`);

/** An example with what this run decides: ids, instants and versions are the answer's own. */
function asAnswered(example: Record<string, unknown>, body: Record<string, unknown>): Record<string, unknown> {
  const own = ['id', 'ownerId', 'createdBy', 'createdAt', 'updatedAt', 'by', 'at', 'requestId'];
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => {
      if (own.includes(name)) return [name, body[name]];
      const inner = body[name];
      const nested = value !== null && inner !== null && typeof value === 'object' && typeof inner === 'object' && !Array.isArray(value);
      return [name, nested ? asAnswered(value as Record<string, unknown>, inner as Record<string, unknown>) : value];
    }),
  );
}

describe('the examples in the documentation', () => {
  test('are what happens', async () => {
    const made = await client.post('/records', examples.newExpenseExample);
    expect(made.body).toEqual(asAnswered(examples.recordExample, made.body));
    const path = `/records/${made.body.id}`;
    expect((await client.get(path)).body).toEqual(made.body);
    const patched = await client.patch(path, examples.patchExample);
    expect(patched.body).toEqual(asAnswered(examples.patchedExample, patched.body));
    const { items } = (await client.get(`${path}/history`)).body;
    expect(items).toEqual(historyExample.items.map((item, i) => asAnswered(item, items[i])));

    const other = `/records/${(await client.post('/records', examples.newExpenseExample)).body.id}`;
    const replaced = await client.put(other, examples.replacementExample);
    expect(replaced.body).toEqual(asAnswered(examples.replacedExample, replaced.body));

    const third = `/records/${(await client.post('/records', examples.newExpenseExample)).body.id}`;
    await client.delete(third);
    const restored = await client.post(`${third}/restore`);
    expect(restored.body).toEqual(asAnswered(examples.restoredExample, restored.body));
  });

  test('are in the OpenAPI document, every parameter of the list with them', async () => {
    const { body } = await system.internal().get('/internal/openapi.json');
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/records', '/records/{id}', '/records/{id}/history', '/categories']));
    const names = body.paths['/records'].get.parameters.map((each: { name: string }) => each.name);
    const wanted = [
      'type',
      'from',
      'to',
      'category',
      'source',
      'tag',
      'q',
      'minAmount',
      'maxAmount',
      'currency',
      'owner',
      'sort',
      'filters',
    ];
    expect(names).toEqual(expect.arrayContaining([...wanted, 'limit', 'cursor', 'count']));
    expect(JSON.stringify(body.paths['/records'].post.requestBody)).toContain('NewExpense');
  });
});

describe('one record over HTTP', () => {
  test('is created with its address and entity tag', async () => {
    const made = await client.post('/records', lunch);
    expect(made.status).toBe(201);
    expect(made.headers).toMatchObject({ location: `/records/${made.body.id}`, etag: '"1"' });
    expect(made.headers['idempotency-replayed']).toBeUndefined();
    expect((await client.get(`/records/${made.body.id}`, { headers: { 'if-none-match': '"1"' } })).status).toBe(304);
  });

  test('is created once for each idempotency key', async () => {
    const headers = { 'idempotency-key': 'lunch' };
    const first = await client.post('/records', lunch, { headers });
    await client.delete(`/records/${first.body.id}`);
    const again = await client.post('/records', lunch, { headers });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', location: first.headers.location, etag: '"1"' });
    expect((await client.post('/records', { ...lunch, amount: 1 }, { headers })).status).toBe(422);
  });

  test('is changed only as it was seen', async () => {
    const path = `/records/${(await client.post('/records', lunch)).body.id}`;
    const seen = { headers: { 'if-match': '"1"' } };
    const changed = await client.patch(path, { amount: 3 }, seen);
    expect(changed).toMatchObject({ status: 200, body: { amount: '3.00', version: 2 } });
    expect(changed.headers.etag).toBe('"2"');
    for (const late of [client.patch(path, { amount: 4 }, seen), client.put(path, lunch, seen), client.delete(path, seen)]) {
      expect(await late).toMatchObject({ status: 412, body: { code: 'version-mismatch' } });
    }
    const merge = { headers: { 'content-type': 'application/merge-patch+json' } };
    expect((await client.patch(path, { description: 'x' }, merge)).status).toBe(200);
    expect((await client.delete(path, { headers: { 'if-match': '"3"' } })).status).toBe(204);
    expect((await client.get(path)).status).toBe(404);
    expect((await client.post(`${path}/restore`)).body).toMatchObject({ version: 5, amount: '3.00' });
    expect((await client.post(`${path}/restore`)).status).toBe(409);
  });

  test.each([
    [{ ...lunch, date: '2026-03-15' }, ['/date date-in-future']],
    [{ ...lunch, amount: '12.505' }, ['/amount amount-too-precise']],
    [{ ...lunch, type: 'transfer' }, ['/type type-not-available']],
    [{ ...lunch, ownerId: 'x' }, ['/ownerId unknown-field']],
    ['text', ['/type required']],
    [[], ['/type required']],
  ])('%j is refused: %j', async (body, expected) => {
    const answer = await client.post('/records', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    expect(faults(answer.body)).toEqual(expected);
  });

  test('of somebody else is answered like an absent one', async () => {
    const ben = system.as(await system.user());
    const { id } = (await client.post('/records', lunch)).body;
    const withId = { headers: { 'x-request-id': 'same' } };
    for (const call of ['get', 'delete'] as const) {
      const [foreign, absent] = [await ben[call](`/records/${id}`, withId), await ben[call]('/records/absent', withId)];
      expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    }
    for (const call of ['put', 'patch'] as const) {
      const [foreign, absent] = [await ben[call](`/records/${id}`, lunch, withId), await ben[call]('/records/absent', lunch, withId)];
      expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    }
    expect((await ben.get(`/records?owner=${ada.id}`, withId)).text).toBe((await ben.get('/records?owner=nobody', withId)).text);
    expect((await ben.get('/records?owner=all')).body.items).toEqual([]);
  });
});

describe('the list over HTTP', () => {
  const json = (filters: unknown): string => `filters=${encodeURIComponent(JSON.stringify(filters))}`;

  test.each([
    ['type=loan', ['/type invalid-value']],
    ['from=2026-02-30', ['/from invalid-format']],
    ['limit=0', ['/limit limit-out-of-range']],
    ['limit=201', ['/limit limit-out-of-range']],
    ['sort=name', ['/sort invalid-value']],
    ['page=2', ['/page unknown-parameter']],
    ['currency=euro', ['/currency currency-unknown']],
    ['minAmount=1e3', ['/minAmount amount-malformed']],
    ['minAmount=-1', ['/minAmount amount-malformed']],
    ['q=%20-%20', ['/q no-words']],
    ['category=', ['/category too-short']],
    ['cursor=abc', ['/cursor cursor-invalid']],
    ['filters=%7B', ['/filters malformed-json']],
    ['filters=%7B%22type%22%3A%7B%7D%2C%22type%22%3A%7B%7D%7D', ['/filters/type duplicate-field']],
    [json([]), ['/filters invalid-type']],
    [json({ $where: '1' }), ['/filters/$where unknown-field']],
    [json({ 'customFields.mood': { eq: 'x' } }), ['/filters/customFields.mood unknown-field']],
    [json({ amount: { gte: 'many' } }), ['/filters/amount/gte amount-malformed']],
    [json({ amount: { $gt: 1 } }), ['/filters/amount/$gt unknown-field']],
    [json({ amount: {} }), ['/filters/amount operator-missing']],
    [json({ category: { gte: 'A' } }), ['/filters/category/gte unknown-field']],
    [json({ date: { in: [] } }), ['/filters/date/in too-few']],
    [json({ type: 'expense' }), ['/filters/type invalid-type']],
    [json({ description: { contains: '' } }), ['/filters/description/contains too-short']],
  ])('%s is refused: %j', async (query, expected) => {
    const answer = await client.get(`/records?${query}`);
    expect(answer.status).toBe(400);
    expect(faults(answer.body)).toEqual(expected);
  });

  test('filters that are no JSON are told so', async () => {
    expect((await client.get('/records?filters=%7B')).body.detail).toBe('The filters are not JSON');
  });

  test('a cursor belongs to one user, sort and filter', async () => {
    const mine = system.as(await system.user());
    for (const amount of [1, 2, 3]) await mine.post('/records', { ...lunch, amount });
    const { body } = await mine.get('/records?limit=1&count=true&owner=all&sort=amount');
    expect(body).toMatchObject({ total: 3, items: [{ amount: '1.00' }] });
    const cursor = encodeURIComponent(body.nextCursor);
    const next = await mine.get(`/records?limit=2&owner=all&sort=amount&cursor=${cursor}`);
    expect(next.body).toMatchObject({ items: [{ amount: '2.00' }, { amount: '3.00' }], nextCursor: null });
    for (const wrong of ['sort=-amount&owner=all', 'sort=amount', 'sort=amount&owner=all&type=expense']) {
      expect((await mine.get(`/records?${wrong}&cursor=${cursor}`)).status).toBe(400);
    }
    expect((await client.get(`/records?owner=all&sort=amount&cursor=${cursor}`)).status).toBe(400);
    const altered = `${body.nextCursor.slice(0, -1)}${body.nextCursor.endsWith('A') ? 'B' : 'A'}`;
    expect((await mine.get(`/records?owner=all&sort=amount&cursor=${altered}`)).status).toBe(400);
  });
});

describe('a key', () => {
  const reading = ['/records', '/records/x', '/records/x/history', '/records/imports', '/records/imports/x', '/categories', '/currencies'];
  const writing = [
    ['POST', '/records'],
    ['PUT', '/records/x'],
    ['PATCH', '/records/x'],
    ['DELETE', '/records/x'],
    ['POST', '/records/x/restore'],
    ['POST', '/records/bulk-import'],
    ['POST', '/records/imports/x/revert'],
  ] as const;
  test('that may read changes nothing, and one that may write reads nothing', async () => {
    const statusOf = async (scope: string, method: string, path: string): Promise<number> =>
      (await system.request(method, path, { token: system.auth.tokenFor(ada, { scopes: [scope] }) })).status;
    for (const path of reading) {
      expect([path, await statusOf('records:write', 'GET', path)]).toEqual([path, 403]);
      expect([path, [200, 404].includes(await statusOf('records:read', 'GET', path))]).toEqual([path, true]);
    }
    for (const [method, path] of writing) {
      expect([method, path, await statusOf('records:read', method, path)]).toEqual([method, path, 403]);
      expect([method, path, (await statusOf('records:write', method, path)) === 403]).toEqual([method, path, false]);
    }
  });
});

describe('what others hear', () => {
  test('every change is told with the whole record and what it was, once', async () => {
    const user = await system.user();
    const mine = system.as(user);
    const { id } = (await mine.post('/records', lunch, { headers: { 'x-request-id': 'made' } })).body;
    await mine.patch(`/records/${id}`, { category: 'Dining' });
    await mine.delete(`/records/${id}`);
    await mine.post(`/records/${id}/restore`);
    const events = () => system.published.filter(({ subject }) => subject === id);
    await system.until(() => events().length >= 4);
    const data = events()
      .toSorted((a, b) => a.version - b.version)
      .map((event) => event.data as RecordChanged);
    expect(data.map(({ action }) => action)).toEqual(['created', 'updated', 'deleted', 'restored']);
    expect(data.map(({ was }) => was && `${was.category} ${was.deleted}`)).toEqual([null, 'Food false', 'Dining false', 'Dining true']);
    expect(events()).toHaveLength(4);
    expect(events().find(({ version }) => version === 1)).toMatchObject({
      id: `record.changed/${id}/1`,
      correlationid: 'made',
      actor: user.id,
      data: { record: { id, amountMinor: 1250, importId: null } },
    });
  });

  test('notifications asks what a viewer sees now', async () => {
    const made = (await client.post('/records', lunch)).body;
    const peer = system.internal('notifications');
    const answer = await peer.post('/internal/records/views', { viewerId: ada.id, ids: [made.id, 'absent'] });
    expect(answer.body).toEqual({ records: { [made.id]: made, absent: null } });
    const stranger = await peer.post('/internal/records/views', { viewerId: 'x', ids: [made.id] });
    expect(stranger.body).toEqual({ records: { [made.id]: null } });
    expect((await client.post('/internal/records/views', { viewerId: ada.id, ids: [] })).status).toBe(401);
  });

  test('auth asks which records are somebody’s own to share: those of others and deleted ones are as absent', async () => {
    const ben = system.as(await system.user());
    const ids: string[] = [];
    for (const one of [client, ben, client]) ids.push((await one.post('/records', lunch)).body.id);
    await client.delete(`/records/${ids[2]}`);
    const asked = { ownerId: ada.id, ids: [...ids, 'absent'] };
    expect((await system.internal('auth').post('/internal/records/owned', asked)).body).toEqual({ owned: [ids[0]] });
    expect((await client.post('/internal/records/owned', asked)).status).toBe(401);
  });

  test('budgets asks how far a record has come, on behalf of who may see it', async () => {
    const { id } = (await client.post('/records', lunch)).body;
    await client.patch(`/records/${id}`, { description: 'Late' });
    const grant = { shareId: 's', version: 1, ownerId: ada.id, access: 'view', scope: { kind: 'records' }, expiresAt: null };
    const versionOf = async (asked: { id?: string; ownerId?: string; userId?: string; grants?: unknown[] }): Promise<unknown> => {
      const { ownerId = ada.id, userId = ada.id, grants = [] } = asked;
      const body = { id: asked.id ?? id, ownerId, viewer: { userId, grants } };
      return (await system.internal('budgets').post('/internal/records/version', body)).body;
    };
    expect(await versionOf({})).toEqual({ version: 2 });
    await client.delete(`/records/${id}`);
    expect([await versionOf({}), await versionOf({ userId: 'eve', grants: [grant] })]).toEqual([{ version: 3 }, { version: 3 }]);
    const unseen = [{ id: 'absent' }, { ownerId: 'eve' }, { userId: 'eve' }, { userId: 'eve', grants: [{ ...grant, ownerId: 'bob' }] }];
    for (const each of unseen) expect(await versionOf(each)).toEqual({ version: null });
    expect((await client.post('/internal/records/version', {})).status).toBe(401);
  });

  test('budgets asks what is spent, where a deleted expense counts no more from the answer on', async () => {
    const eve = await system.user({ baseCurrency: 'EUR' });
    const [hers, peer] = [system.as(eve), system.internal('budgets')];
    const spentOn = async (days: string): Promise<unknown> => {
      const { status, body } = await peer.get(`/internal/records/spending?ownerId=${eve.id}&days=${days}`);
      return status === 200 ? body.spent : status;
    };
    const days = ['2026-01-31', '2026-02-01', '2026-02-01', '2026-02-28', '2026-03-01'];
    const ids = [];
    for (const date of days) ids.push((await hers.post('/records', { ...lunch, date })).body.id);
    await hers.post('/records', { ...lunch, date: '2026-02-01', currency: 'USD' });
    await hers.post('/records', { ...lunch, date: '2026-02-01', category: 'A|B' });
    await hers.post('/records', { ...lunch, date: '2026-02-01', type: 'income', category: undefined, source: 'Salary' });
    const food = { category: 'Food', currency: 'EUR', count: 1, sumMinor: 1_250 };
    const others = [
      { ...food, day: '2026-02-01', category: 'A|B' },
      { ...food, day: '2026-02-01', count: 2, sumMinor: 2_500 },
      { ...food, day: '2026-02-01', currency: 'USD' },
    ];
    expect(await spentOn('2026-02-01..2026-02-28')).toEqual([...others, { ...food, day: '2026-02-28' }]);
    await hers.patch(`/records/${ids[1]}`, { date: '2026-01-01' });
    expect((await hers.delete(`/records/${ids[3]}`)).status).toBe(204);
    const two = '2026-02-01..2026-02-28,2026-03-01..2026-03-31';
    expect(await spentOn(two)).toEqual([others[0], { ...food, day: '2026-02-01' }, others[2], { ...food, day: '2026-03-01' }]);
    await hers.post(`/records/${ids[3]}/restore`);
    expect(await spentOn('2026-02-28..2026-02-28')).toEqual([{ ...food, day: '2026-02-28' }]);
    const none = ['', '2026-02-01', '2026-02-01..2026-02-30', '2026-02-01..2026-02-02..2026-02-03'];
    for (const malformed of none) expect(await spentOn(malformed)).toBe(400);
    expect((await hers.get(`/internal/records/spending?ownerId=${eve.id}&days=2026-02-01..2026-02-28`)).status).toBe(401);
  });
});

describe('what a form offers', () => {
  test('the shipped categories and those in use, without repetition', async () => {
    const mine = system.as(await system.user());
    const names = async (): Promise<string[]> => (await mine.get('/categories')).body.items.map((item: { name: string }) => item.name);
    expect(await names()).toEqual(shippedCategories);
    for (const category of ['Zoo', 'Food', 'Zoo', 'Art']) await mine.post('/records', { ...lunch, category });
    await mine.post('/records', { ...lunch, type: 'income', category: undefined, source: 'Salary' });
    const gone = (await mine.post('/records', { ...lunch, category: 'Gone' })).body.id;
    await mine.delete(`/records/${gone}`);
    expect(await names()).toEqual([...shippedCategories, 'Art', 'Zoo'].toSorted());
    const used = (await mine.get('/categories')).body.items.filter((item: { inUse: boolean }) => item.inUse);
    expect(used.map((item: { name: string }) => item.name)).toEqual(['Art', 'Food', 'Zoo']);
  });

  test('every currency with its decimals', async () => {
    const { items } = (await client.get('/currencies')).body;
    expect(items).toEqual(expect.arrayContaining([{ code: 'JPY', name: 'Japanese Yen', decimals: 0 }]));
    expect(items.length).toBeGreaterThan(150);
  });

  test.each(['/categories', '/currencies'])('%s is a list like any other, only whole where no limit is given', async (path) => {
    const mine = system.as(await system.user());
    const whole = (await mine.get(`${path}?count=true`)).body;
    expect([whole.items.length, whole.nextCursor]).toEqual([whole.total, null]);
    const first = (await mine.get(`${path}?limit=9`)).body;
    const rest = (await mine.get(`${path}?limit=200&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...rest.items]).toEqual(whole.items);
    expect(first.items).toHaveLength(9);
    for (const query of ['limit=0', 'limit=201', 'cursor=x']) expect((await mine.get(`${path}?${query}`)).status).toBe(400);
    const others = system.as(await system.user());
    expect((await others.get(`${path}?cursor=${first.nextCursor}`)).status).toBe(400);
  });
});

test('what was acknowledged is there after a restart, with its history', async () => {
  const made = (await client.post('/records', lunch)).body;
  await client.patch(`/records/${made.id}`, { amount: 7 });
  await system.restart();
  expect((await client.get(`/records/${made.id}`)).body).toMatchObject({ amount: '7.00', version: 2 });
  const { items } = (await client.get(`/records/${made.id}/history?count=true&limit=1`)).body;
  expect(items).toMatchObject([{ version: 2, before: { amount: '12.50' }, after: { amount: '7.00' } }]);
});
