import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TestAnswer, TestClient } from '@commonpurse/shared/testing';
import { food, type Household, rent, startHousehold } from '../testing/household.ts';
import { filePart, multipart, multipartType, optionsPart } from './testing/multipart.ts';

let home: Household;
beforeEach(async () => {
  home = await startHousehold();
});
afterEach(() => home.system.stop());

const statement = [
  'Date,Amount,Category,Description',
  '2026-03-03,-3.20,Food,Bread',
  '2026-03-01,-800.00,Rent,Flat',
  '2026-03-15,-1.00,Food,Tea',
].join('\n');
const upload = (client: TestClient, options: object = {}, file = statement, headers: Record<string, string> = {}): Promise<TestAnswer> => {
  const raw = multipart([optionsPart(options), filePart(file)]);
  return client.post(`/records/bulk-import?owner=${home.ada.id}`, undefined, {
    raw,
    headers: { 'content-type': multipartType, ...headers },
  });
};
const over = (client: TestClient, { headers }: TestAnswer) =>
  home.system.until(async () => {
    const { body } = await client.get(headers.location!);
    return ['done', 'failed', 'reverted'].includes(body.status) && body;
  });
const outside = { row: 3, path: '', code: 'outside-share', message: expect.any(String) };

describe('Importing for somebody', () => {
  test('brings in what lies in what is shared, in their currency and their time, and says what does not', async () => {
    await home.share(food, { access: 'edit' });
    const job = await over(home.as.bob, await upload(home.as.bob));
    expect(job).toMatchObject({
      status: 'done',
      rows: { total: 3, imported: 2, failed: 1, duplicate: 0 },
      errors: [outside],
      format: { currency: 'EUR' },
    });
    const { items } = (await home.as.ada.get('/records?q=bread')).body;
    expect(items).toMatchObject([{ ownerId: home.ada.id, createdBy: home.bob.id, base: { currency: 'EUR' } }]);
    expect((await home.as.bob.get('/records?count=true')).body.total).toBe(0);
  });

  test('tries out the same', async () => {
    await home.share(food, { access: 'edit' });
    const job = await over(home.as.bob, await upload(home.as.bob, { dryRun: true }));
    expect(job).toMatchObject({ status: 'done', dryRun: true, rows: { total: 3, imported: 2, failed: 1 }, errors: [outside] });
    expect(job.preview).toHaveLength(2);
  });

  test('takes nothing for a duplicate that the importer may not see', async () => {
    const { as, has, ada } = home;
    await as.ada.post('/records', { ...rent, description: 'Hidden', category: 'Secret' });
    await home.share(food, { access: 'edit' });
    const file = `Date,Amount,Category,Description\n2026-03-01,-800.00,Food,Hidden\n2026-03-10,-12.50,Food,Lunch\n`;
    const job = await over(as.bob, await upload(as.bob, {}, file));
    expect(job.rows).toMatchObject({ total: 2, imported: 1, duplicate: 1 });
    expect((await as.bob.get(`/records?owner=${ada.id}&q=lunch`)).body.items).toEqual([has.lunch]);
    expect((await over(as.ada, await upload(as.ada, {}, file))).rows).toMatchObject({ imported: 0, duplicate: 2 });
  });

  test('is refused without a share, with one to look only, and with one of single records', async () => {
    const { bob } = home.as;
    expect((await upload(bob)).status).toBe(404);
    await home.share({ kind: 'budgets' }, { access: 'edit' });
    expect((await upload(bob)).status).toBe(404);
    await home.share(food);
    expect((await upload(bob)).body).toMatchObject({ status: 403, code: 'forbidden' });
    await home.share({ kind: 'records', recordIds: [home.has.rent.id] }, { access: 'edit' });
    expect((await upload(bob)).status).toBe(403);
    expect((await upload(bob, { dateFormat: 'nonsense' })).status).toBe(400);
    expect((await home.as.ada.get('/records/imports')).body.items).toEqual([]);
  });

  test('is followed by both, listed for its owner, and gone for who may do no more', async () => {
    const { as, has } = home;
    await home.share(food, { access: 'edit' });
    const accepted = await upload(as.bob);
    await over(as.bob, accepted);
    const { location } = accepted.headers;
    const told = await home.system.until(() => home.system.published.find(({ type }) => type === 'import.progressed'));
    expect(told.data).toMatchObject({ ownerId: home.ada.id, createdBy: home.bob.id });
    const owned = (await as.ada.get('/records/imports')).body.items;
    expect(owned.map(({ id }: { id: string }) => location!.endsWith(id))).toEqual([true]);
    expect((await as.bob.get('/records/imports')).body.items).toEqual([]);
    expect((await as.stranger.get(location!)).status).toBe(404);
    await home.revoke();
    expect((await as.bob.get(location!)).status).toBe(404);
    expect((await as.bob.post(`${location}/revert`)).status).toBe(404);
    expect((await as.ada.get(location!)).status).toBe(200);
    expect((await as.ada.get(`/records/${has.rent.id}`)).status).toBe(200);
  });

  test('is taken back as far as the importer may change it still', async () => {
    const { as, ada } = home;
    await home.share({ kind: 'records' }, { access: 'edit' });
    const accepted = await upload(as.bob);
    expect(await over(as.bob, accepted)).toMatchObject({ rows: { imported: 2, duplicate: 1 } });
    await home.revoke();
    await home.share({ kind: 'records', categories: ['Tea'] }, { access: 'edit' });
    await home.share({ kind: 'records' });
    const rows = (await as.ada.get('/records?q=bread')).body.items;
    expect((await as.bob.post(`${accepted.headers.location}/revert`)).status).toBe(202);
    await over(as.bob, accepted);
    expect((await as.bob.get(`/records?owner=${ada.id}&q=bread`)).body.items).toEqual(rows);
  });

  test.each([
    ['one row', statement.split('\n').slice(0, 2).join('\n')],
    ['several rows', statement],
  ])('leaves nothing that its owner could not take back after who imported it had to leave %s', async (_left, others) => {
    const { as } = home;
    const before = (await as.ada.get('/records')).body.items;
    await home.share({ kind: 'records' }, { access: 'edit' });
    const accepted = await upload(as.bob, {}, `${others}\n2026-03-16,-2.00,Tea,Pot`);
    const revert = (client: TestClient) => client.post(`${accepted.headers.location}/revert`);
    await over(as.bob, accepted);
    await home.revoke();
    await home.share({ kind: 'records', categories: ['Tea'] }, { access: 'edit' });
    expect((await revert(as.bob)).status).toBe(202);
    await over(as.bob, accepted);
    expect((await as.ada.get('/records?q=pot')).body.items).toEqual([]);
    expect((await as.ada.get('/records?q=bread')).body.items).toHaveLength(1);
    expect((await revert(as.ada)).status).toBe(202);
    await over(as.ada, accepted);
    expect((await as.ada.get('/records')).body.items).toEqual(before);
    expect((await revert(as.ada)).body).toMatchObject({ status: 409, code: 'import-not-revertible' });
  });

  test('is not taken back by who may only look by now, so that its owner still can, in their own name', async () => {
    const { as, ada, system } = home;
    await home.share(food, { access: 'edit' });
    const accepted = await upload(as.bob);
    const { id } = await over(as.bob, accepted);
    await home.revoke();
    await home.share(food);
    expect((await as.bob.post(`${accepted.headers.location}/revert`)).body).toMatchObject({ status: 403, code: 'forbidden' });
    const headers = { 'x-request-id': 'undo' };
    expect((await as.ada.post(`${accepted.headers.location}/revert`, undefined, { headers })).status).toBe(202);
    const told = await system.until(() => {
      const events = system.published.filter(({ subject, correlationid }) => subject === id && correlationid === 'undo');
      return events.some(({ type }) => type === 'records.imported') && events;
    });
    expect(new Set(told.map(({ actor }) => actor))).toEqual(new Set([ada.id]));
    expect((await as.ada.get('/records?count=true')).body.total).toBe(3);
  });

  test('is shown in the history of what was taken back and restored as taken back by who did that', async () => {
    const { as, ada, bob } = home;
    await home.share({ kind: 'records' }, { access: 'edit' });
    const historyAfter = async (client: TestClient, description: string) => {
      const accepted = await upload(as.bob, {}, `Date,Amount,Category,Description\n2026-03-11,-2.00,Tea,${description}\n`);
      await over(as.bob, accepted);
      const [row] = (await as.ada.get(`/records?q=${description}`)).body.items;
      await client.post(`${accepted.headers.location}/revert`);
      await over(client, accepted);
      await as.bob.post(`/records/${row.id}/restore`);
      const { items } = (await as.bob.get(`/records/${row.id}/history`)).body;
      return items.map(({ action, by }: { action: string; by: string }) => [action, by]);
    };
    const [restored, created] = [
      ['restored', bob.id],
      ['created', bob.id],
    ];
    expect(await historyAfter(as.ada, 'Pot')).toEqual([restored, ['deleted', ada.id], created]);
    expect(await historyAfter(as.bob, 'Cup')).toEqual([restored, ['deleted', bob.id], created]);
  });

  test('happens once for each key, which is good for one owner, and is not told to whom nothing is shared any more', async () => {
    await home.share(food, { access: 'edit' });
    const headers = { 'idempotency-key': 'once' };
    const first = await upload(home.as.bob, {}, statement, headers);
    const again = await upload(home.as.bob, {}, statement, headers);
    expect([again.status, again.body.id, again.headers['idempotency-replayed']]).toEqual([202, first.body.id, 'true']);
    const raw = multipart([optionsPart({}), filePart(statement)]);
    const eve = await home.system.user();
    await home.system.auth.grant(eve, home.bob, { scope: food, access: 'edit' });
    for (const owner of ['', `?owner=${eve.id}`]) {
      const other = { raw, headers: { 'content-type': multipartType, ...headers } };
      const answer = await home.as.bob.post(`/records/bulk-import${owner}`, undefined, other);
      expect(answer.body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    }
    await over(home.as.bob, first);
    expect((await home.as.ada.get('/records?count=true')).body.total).toBe(5);
    await home.revoke();
    expect((await upload(home.as.bob, {}, statement, headers)).status).toBe(404);
  });

  test('is answered again as it was first, whatever the importer may enter and its owner reckons in by then', async () => {
    await home.share(food, { access: 'edit' });
    const headers = { 'idempotency-key': 'once' };
    const file = 'Date,Amount ($),Category,Description\n2026-03-03,-3.20,Food,Bread\n';
    await home.system.auth.change(home.ada.id, { baseCurrency: 'USD' });
    const first = await upload(home.as.bob, {}, file, headers);
    await home.revoke();
    await home.share(food);
    await home.system.auth.change(home.ada.id, { baseCurrency: 'EUR' });
    const again = await upload(home.as.bob, {}, file, headers);
    expect([again.status, again.body, again.headers['idempotency-replayed']]).toEqual([202, first.body, 'true']);
    expect((await upload(home.as.bob, {}, file)).status).toBe(403);
  });
});
