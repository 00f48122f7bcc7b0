import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeClock, startTestService, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { createBudgetsService } from '../service.ts';
import * as examples from './examples.ts';

const groceries = { name: 'Groceries', amount: '100.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };
const absent = '01994d2b-11aa-7c3a-9d63-000000000000';

describe('Budgets', () => {
  let harness: TestService;
  let ada: TestUser;
  let eve: TestUser;
  const clock = fakeClock();
  beforeAll(async () => {
    harness = await startTestService((deps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } }), { clock });
    [ada, eve] = [await harness.user({ monthStartDay: 25 }), await harness.user()];
  });
  afterAll(() => harness.stop());
  const created = async (facts: object = {}, headers: Record<string, string> = {}) => {
    const answer = await harness.as(ada).post('/budgets', { ...groceries, ...facts }, { headers });
    expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
    return answer;
  };
  const pathOf = async (facts: object = {}): Promise<string> => `/budgets/${(await created(facts)).body.id}`;
  const same = (answer: { body: object }): object => ({ ...answer.body, requestId: '' });

  test('are answered as the documentation shows', async () => {
    const mia = await harness.user();
    const client = harness.as(mia);
    const own = (example: object, body: { id: string; updatedAt: string }) => ({
      ...example,
      id: body.id,
      ownerId: mia.id,
      createdAt: '2026-01-15T12:00:00.000Z',
      updatedAt: body.updatedAt,
    });
    const { status, headers, body } = await client.post('/budgets', examples.newBudgetExample);
    expect([status, body]).toEqual([201, own(examples.budgetExample, body)]);
    expect([headers['location'], headers['etag']]).toEqual([`/budgets/${body.id}`, '"1"']);
    expect((await client.get('/budgets?limit=50')).body).toEqual({ items: [body], nextCursor: null });
    const patched = await client.patch(`/budgets/${body.id}`, examples.patchExample);
    expect(patched.body).toEqual(own(examples.patchedExample, patched.body));
    const other = (await client.post('/budgets', examples.newBudgetExample)).body;
    const replaced = await client.put(`/budgets/${other.id}`, examples.replacementExample);
    expect([replaced.body, replaced.headers['etag']]).toEqual([own(examples.replacedExample, replaced.body), '"2"']);
    expect((await client.get(`/budgets/${other.id}`)).body).toEqual(replaced.body);
  });

  test('are told to other services whole, in minor units', async () => {
    const { body } = await created(examples.newBudgetExample);
    const [event] = await harness.until(() => {
      const told = harness.published.filter(({ type, subject }) => type === 'budget.changed' && subject === body.id);
      return told.length === 1 && told;
    });
    const { rollover: _rollover, monthStartDay: _monthStartDay, amount: _amount, ...alike } = body;
    const categories = [
      { category: 'Food', amountMinor: 30_000 },
      { category: 'Drinks', amountMinor: null },
    ];
    const budget = { ...alike, amountMinor: 40_000, categories, endDate: null, deleted: false };
    expect(event!.data).toEqual({ action: 'created', budget, historyHash: expect.any(String) });
  });

  test('keep the month start of their owner as it was when they were created', async () => {
    const lea = await harness.user({ monthStartDay: 5 });
    const { body } = await harness.as(lea).post('/budgets', groceries);
    await harness.publish(await harness.auth.change(lea.id, { monthStartDay: 20 }));
    const after = await harness.as(lea).get(`/budgets/${body.id}`);
    expect([body.monthStartDay, after.body.monthStartDay]).toEqual([5, 5]);
    const { period } = (await harness.as(lea).get(`/budgets/${body.id}/progress`)).body;
    expect(period).toEqual({ start: '2026-01-05', end: '2026-02-04' });
  });

  test('are created once for each idempotency key, and a replay shows them as they were first', async () => {
    const key = { 'Idempotency-Key': 'once' };
    const first = await created({}, key);
    const again = await created({}, key);
    expect(again.body).toEqual(first.body);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    const path = `/budgets/${first.body.id}`;
    await harness.as(ada).patch(path, { amount: '7' });
    await harness.as(ada).patch(path, { amount: '8' });
    expect((await created({}, key)).body).toEqual(first.body);
    await harness.as(ada).delete(path);
    const last = await created({}, key);
    expect([last.body, last.headers['etag']]).toEqual([first.body, '"1"']);
    const other = await harness.as(ada).post('/budgets', { ...groceries, amount: '1' }, { headers: key });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    expect((await harness.as(eve).post('/budgets', groceries, { headers: key })).body.id).not.toBe(first.body.id);
  });

  test('are at most 500 at a time, of which a deleted one is none, and a replay is none anew', async () => {
    const key = { headers: { 'Idempotency-Key': 'the-last-one' } };
    const client = harness.as(await harness.user());
    const create = () => client.post('/budgets', groceries);
    for (let at = 0; at < 499; at += 1) await create();
    const [last, ...twins] = await Promise.all([1, 2, 3, 4, 5].map(() => client.post('/budgets', groceries, key)));
    expect(twins.map(({ body }) => body)).toEqual(twins.map(() => last!.body));
    const refused = await create();
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      409,
      'conflict',
      'At most 500 budgets at a time; delete one first',
    ]);
    expect((await client.post('/budgets', groceries, key)).body).toEqual(last!.body);
    await client.delete(`/budgets/${last!.body.id}`);
    expect([(await create()).status, (await create()).status]).toEqual([201, 409]);
  });

  test('fifty requests with one key make one budget', async () => {
    const headers = { 'Idempotency-Key': 'fifty' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => created({ name: 'Fifty' }, headers)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const { items } = (await harness.as(ada).get('/budgets?limit=200')).body;
    expect(items.filter(({ name }: { name: string }) => name === 'Fifty')).toHaveLength(1);
  });

  test('are changed only as the version that the client has read', async () => {
    const path = await pathOf();
    const stale = { headers: { 'If-Match': '"2"' } };
    for (const answer of [
      await harness.as(ada).put(path, groceries, stale),
      await harness.as(ada).patch(path, { name: 'x' }, stale),
      await harness.as(ada).delete(path, stale),
    ]) {
      expect([answer.status, answer.body.code, answer.headers['etag']]).toEqual([412, 'version-mismatch', '"1"']);
    }
    expect((await harness.as(ada).patch(path, { name: 'x' }, { headers: { 'If-Match': '"1"' } })).body.version).toBe(2);
    expect((await harness.as(ada).get(path, { headers: { 'If-None-Match': '"2"' } })).status).toBe(304);
  });

  test('of fifty patches at the same time all take a version each', async () => {
    const path = await pathOf();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => harness.as(ada).patch(path, { name: `n${index}` })));
    expect(answers.map(({ body }) => body.version).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 2));
  });

  test('are gone once deleted', async () => {
    const path = await pathOf();
    const { status, text } = await harness.as(ada).delete(path);
    expect([status, text]).toEqual([204, '']);
    for (const answer of [
      await harness.as(ada).get(path),
      await harness.as(ada).put(path, groceries),
      await harness.as(ada).patch(path, {}),
      await harness.as(ada).delete(path),
      await harness.as(ada).get(`${path}/progress`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    }
  });

  test('of others are answered like absent ones, on every route', async () => {
    const path = await pathOf();
    const calls = [
      (target: string) => harness.as(eve).get(target),
      (target: string) => harness.as(eve).put(target, groceries),
      (target: string) => harness.as(eve).patch(target, { name: 'mine' }),
      (target: string) => harness.as(eve).delete(target),
      (target: string) => harness.as(eve).get(`${target}/progress?date=1990-01-01`),
    ];
    for (const call of calls) {
      const [foreign, none] = [await call(path), await call(`/budgets/${absent}`)];
      expect([foreign.status, same(foreign)]).toEqual([404, same(none)]);
    }
    expect((await harness.as(ada).get(path)).body.version).toBe(1);
    const [listed, unknown] = [
      await harness.as(eve).get(`/budgets?owner=${ada.id}`),
      await harness.as(eve).get(`/budgets?owner=${absent}`),
    ];
    expect([listed.status, same(listed)]).toEqual([404, same(unknown)]);
  });

  test('are listed newest first, page by page, own ones only', async () => {
    const tom = await harness.user();
    const names: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      clock.advance(index === 3 ? 0 : 1000);
      // whose ids don't tell when they were made
      const headers = { 'Idempotency-Key': `listed-${index}` };
      names.unshift((await harness.as(tom).post('/budgets', { ...groceries, name: `b${index}` }, { headers })).body.name);
    }
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await harness.as(tom).get(`/budgets?limit=3&count=true${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      expect(body.total).toBe(7);
      seen.push(...body.items.map(({ name }: { name: string }) => name));
      cursor = body.nextCursor;
    }
    expect(seen).toHaveLength(7);
    expect(seen.toSorted()).toEqual(names.toSorted());
    expect(seen.slice(0, 3)).toEqual(names.slice(0, 3));
    expect((await harness.as(tom).get(`/budgets?owner=${tom.id}`)).body.items).toHaveLength(7);
    expect((await harness.as(tom).get('/budgets?owner=all&limit=2')).body.items).toHaveLength(2);
  });

  test.each<[string, () => Promise<{ status: number; body: { code: string; errors?: unknown[] } }>, unknown]>([
    ['no body', () => harness.as(ada).post('/budgets'), expect.anything()],
    ['rollover', () => harness.as(ada).post('/budgets', { ...groceries, rollover: { mode: 'both' } }), ['/rollover/mode not-supported']],
    ['a server’s field', () => harness.as(ada).post('/budgets', { ...groceries, version: 3 }), ['/version unknown-field']],
    ['an unknown parameter', () => harness.as(ada).get('/budgets?page=2'), ['/page unknown-parameter']],
    ['a limit of zero', () => harness.as(ada).get('/budgets?limit=0'), ['/limit limit-out-of-range']],
    ['a made-up cursor', () => harness.as(ada).get('/budgets?cursor=AAAA'), ['/cursor cursor-invalid']],
    ['an amount beyond it', () => harness.as(ada).post('/budgets', { ...groceries, amount: -1 }), ['/amount amount-not-positive']],
  ])('refuse %s', async (_, call, expected) => {
    const { status, body } = await call();
    expect([status, body.code]).toEqual([400, 'validation-failed']);
    const told = (body.errors as { path: string; code: string }[]).map(({ path, code }) => `${path} ${code}`);
    expect(told).toEqual(expected);
  });

  test('refuse a patch that leaves no valid budget', async () => {
    const path = await pathOf({ categories: [{ category: 'A', amount: '100' }] });
    const codes = async (patch: object) => {
      const { status, body } = await harness.as(ada).patch(path, patch);
      return [status, body.errors?.map((error: { path: string; code: string }) => `${error.path} ${error.code}`)];
    };
    expect(await codes({ amount: '99' })).toEqual([400, ['/categories allocations-exceed-amount']]);
    expect(await codes({ name: null })).toEqual([400, ['/name required']]);
    expect(await codes({ currency: 'JPY' })).toEqual([400, ['/amount amount-too-precise', '/categories/0/amount amount-too-precise']]);
    expect((await harness.as(ada).get(path)).body.version).toBe(1);
  });

  test('need the scope of a key', async () => {
    const reader = { token: harness.auth.tokenFor(ada, { scopes: ['budgets:read'] }) };
    expect((await harness.as(reader).get('/budgets')).status).toBe(200);
    expect((await harness.as(reader).post('/budgets', groceries)).body.code).toBe('insufficient-scope');
    expect((await harness.as(null).get('/budgets')).status).toBe(401);
  });
});
