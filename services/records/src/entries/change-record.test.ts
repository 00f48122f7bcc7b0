import { describe, expect, test } from '@jest/globals';
import { recordView, type RecordView } from '@commonpurse/shared/contracts';
import { type ChangeTarget, parseOrRefuse, Refusal } from '@commonpurse/shared/http';
import { readRecordHistory } from '../history/read-record-history.ts';
import { callerOf, openRig, type Rig } from '../testing/rig.ts';
import { deleteRecord, patchRecord, replaceRecord, restoreRecord } from './change-record.ts';
import { createRecord } from './create-record.ts';
import { readRecord, recordViews } from './read-record.ts';
import { recordStateOf, type RecordDoc } from './record.ts';
import { type NewRecordBody, PatchBody, ReplaceBody } from './record-content.ts';

const ada = callerOf('ada');
const lunch: NewRecordBody = {
  type: 'expense',
  amount: '12.50',
  currency: 'EUR',
  date: '2026-03-14',
  category: 'Food',
  description: 'Lunch',
};

const enter = async (rig: Rig, body: NewRecordBody = lunch, key: string | null = null): Promise<RecordDoc> =>
  (await createRecord(rig, { caller: ada, body, requestId: 'first', idempotencyKey: key })).doc;
const to = (id: string, more: Partial<ChangeTarget> = {}): ChangeTarget => ({ caller: ada, id, ifMatch: null, requestId: 'then', ...more });
const view = (doc: RecordDoc): RecordView => recordView(recordStateOf(doc));
const historyOf = async (rig: Rig, id: string) => (await readRecordHistory(rig, ada, id, { limit: 50, count: false })).items;

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new Error(`expected a refusal, got ${String(error)}`);
  return [error.status, error.code, ...(error.errors ?? []).map(({ path, code }) => `${path} ${code}`)].join(' ');
}

describe('a new record', () => {
  test('is the owner’s, at version 1, worth itself in their currency', async () => {
    const rig = await openRig();
    expect(view(await enter(rig))).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      type: 'expense',
      ownerId: 'ada',
      amount: '12.50',
      currency: 'EUR',
      date: '2026-03-14',
      description: 'Lunch',
      category: 'Food',
      tags: [],
      customFields: {},
      base: { amount: '12.50', currency: 'EUR', rate: '1', rateDate: '2026-03-14' },
      version: 1,
      createdAt: '2026-03-14T12:00:00.000Z',
      updatedAt: '2026-03-14T12:00:00.000Z',
      createdBy: 'ada',
    });
  });

  test('has no worth in the base currency without a rate', async () => {
    const rig = await openRig();
    expect(view(await enter(rig, { ...lunch, currency: 'USD' })).base).toBeNull();
  });

  test('of today is judged by the day where its user lives', async () => {
    const rig = await openRig();
    const far = callerOf('ada', { timeZone: 'Pacific/Kiritimati' });
    const tomorrow = { ...lunch, date: '2026-03-15' };
    const command = { body: tomorrow, requestId: 'r', idempotencyKey: null };
    await expect(createRecord(rig, { ...command, caller: far })).resolves.toMatchObject({ replayed: false });
    expect(await refusal(createRecord(rig, { ...command, caller: ada }))).toBe('400 validation-failed /date date-in-future');
  });
});

describe('an idempotency key', () => {
  test('makes 50 simultaneous requests one record', async () => {
    const rig = await openRig();
    const command = { caller: ada, body: lunch, requestId: 'r', idempotencyKey: 'k' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => createRecord(rig, command)));
    expect(new Set(answers.map(({ doc }) => JSON.stringify(view(doc)))).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await rig.store.records.count({})).toBe(1);
  });

  test('answers with the record as it was first created, changed or deleted since', async () => {
    const rig = await openRig();
    const body: NewRecordBody = { ...lunch, tags: ['x'] };
    const first = view(await enter(rig, body, 'k'));
    rig.clock.advance(1000);
    await patchRecord(rig, to(first.id), { amount: '99', description: null, tags: ['y'] });
    expect(view(await enter(rig, body, 'k'))).toEqual(first);
    await deleteRecord(rig, to(first.id));
    expect(view(await enter(rig, body, 'k'))).toEqual(first);
  });

  test('knows an income without a base again, too', async () => {
    const rig = await openRig();
    const body: NewRecordBody = { type: 'income', amount: 5, currency: 'JPY', date: '2026-04-01', source: 'Gift' };
    const first = view(await enter(rig, body, 'k'));
    await patchRecord(rig, to(first.id), { currency: 'EUR' });
    expect(view(await enter(rig, body, 'k'))).toEqual(first);
  });

  test('answers after a journey west, too, where the day is still to come', async () => {
    const rig = await openRig();
    const command = { body: { ...lunch, date: '2026-03-15' }, requestId: 'r', idempotencyKey: 'k' };
    const first = await createRecord(rig, { ...command, caller: callerOf('ada', { timeZone: 'Pacific/Kiritimati' }) });
    const again = await createRecord(rig, { ...command, caller: ada });
    expect([again.replayed, view(again.doc)]).toEqual([true, view(first.doc)]);
    expect(await refusal(createRecord(rig, { ...command, caller: ada, idempotencyKey: 'other' }))).toMatch('date-in-future');
  });

  test('is refused for another input, and is its user’s own', async () => {
    const rig = await openRig();
    await enter(rig, lunch, 'k');
    expect(await refusal(enter(rig, { ...lunch, amount: 1 }, 'k'))).toBe('422 idempotency-key-reused');
    const command = { caller: callerOf('ben'), body: lunch, requestId: 'r', idempotencyKey: 'k' };
    await expect(createRecord(rig, command)).resolves.toMatchObject({ replayed: false });
  });
});

describe('changing a record', () => {
  test('a patch changes what it names, a replacement empties what it leaves out', async () => {
    const rig = await openRig();
    const { _id } = await enter(rig, { ...lunch, tags: ['a'] });
    rig.clock.advance(5);
    const patched = view(await patchRecord(rig, to(_id), { amount: 20, category: 'Dining' }));
    expect(patched).toMatchObject({ amount: '20.00', category: 'Dining', description: 'Lunch', tags: ['a'], version: 2 });
    expect(patched.base).toMatchObject({ amount: '20.00' });
    const replaced = view(await replaceRecord(rig, to(_id), { amount: 21, currency: 'EUR', date: '2026-03-13', category: 'Food' }));
    expect(replaced).toMatchObject({ amount: '21.00', description: '', tags: [], version: 3, date: '2026-03-13' });
    expect(replaced).toMatchObject({ createdAt: '2026-03-14T12:00:00.000Z', updatedAt: '2026-03-14T12:00:00.005Z' });
  });

  test('its worth stays frozen until the money or the day changes', async () => {
    const rig = await openRig();
    const { _id } = await enter(rig);
    const moved = { caller: callerOf('ada', { baseCurrency: 'USD' }) };
    expect(view(await patchRecord(rig, to(_id, moved), { description: 'x' })).base).toMatchObject({ currency: 'EUR' });
    expect(view(await patchRecord(rig, to(_id, moved), { amount: 3 })).base).toBeNull();
    expect(view(await patchRecord(rig, to(_id, moved), { description: 'y' })).base).toBeNull();
  });

  test.each([
    ['another amount', { amount: 3 }, { amount: '3.00', currency: 'EUR', rate: '1', rateDate: '2026-03-14' }],
    ['another day', { date: '2026-03-13' }, { amount: '12.50', currency: 'EUR', rate: '1', rateDate: '2026-03-13' }],
    ['another currency, of which no rate is known', { currency: 'USD' }, null],
  ])('%s has its own worth', async (_what, patch, base) => {
    const rig = await openRig();
    const { _id } = await enter(rig);
    expect(view(await patchRecord(rig, to(_id), patch)).base).toEqual(base);
  });

  test.each([
    [{ type: 'income' as const }, '400 validation-failed /type type-immutable'],
    [{ source: 'Salary' }, '400 validation-failed /source unknown-field'],
    [{ source: null }, '400 validation-failed /source unknown-field'],
    [{ category: 'Food', source: null }, '400 validation-failed /source unknown-field'],
    [{ category: null }, '400 validation-failed /category required'],
    [{ currency: 'JPY' }, '400 validation-failed /amount amount-too-precise'],
    [{ date: '2026-03-15' }, '400 validation-failed /date date-in-future'],
    [{ customFields: { x: 1 } }, '400 validation-failed /customFields/x unknown-custom-field'],
  ])('the patch %j is refused: %s', async (patch, expected) => {
    const rig = await openRig();
    const { _id } = await enter(rig);
    expect(await refusal(patchRecord(rig, to(_id), patch))).toBe(expected);
    expect((await rig.store.records.get(_id))?.version).toBe(1);
  });

  test.each([{ category: null }, { category: 'Food' }, { category: 'Food', source: null }])(
    'the patch %j of an income names a field that only an expense has',
    async (patch) => {
      const rig = await openRig();
      const { _id } = await enter(rig, { type: 'income', amount: 5, currency: 'EUR', date: '2026-03-14', source: 'Gift' });
      expect(await refusal(patchRecord(rig, to(_id), patch))).toBe('400 validation-failed /category unknown-field');
    },
  );

  describe('names the label that records of its type have', () => {
    const salary: NewRecordBody = { type: 'income', amount: 5, currency: 'EUR', date: '2026-03-14', source: 'Salary' };
    const bare = { amount: 6, currency: 'EUR', date: '2026-03-14' };
    const both = { category: 'Food', source: 'Salary' };
    const replace = async (rig: Rig, target: ChangeTarget, body: object) => replaceRecord(rig, target, parseOrRefuse(ReplaceBody, body));
    const patch = async (rig: Rig, target: ChangeTarget, body: object) => patchRecord(rig, target, parseOrRefuse(PatchBody, body));

    test.each([
      ['a replacement without one', replace, bare, '/source required'],
      ['a replacement with both', replace, { ...bare, ...both }, '/category unknown-field'],
      ['a patch that takes it away', patch, { source: null }, '/source required'],
      ['a patch with both', patch, both, '/category unknown-field'],
    ] as const)('of an income, %s', async (_what, change, body, fault) => {
      const rig = await openRig();
      const { _id } = await enter(rig, salary);
      expect(await refusal(change(rig, to(_id), body))).toBe(`400 validation-failed ${fault}`);
    });

    test.each([
      ['a replacement without one', replace, bare, '/category required'],
      ['a replacement with both', replace, { ...bare, ...both }, '/source unknown-field'],
      ['a replacement of an income without one', replace, { ...bare, type: 'income' }, '/source required'],
      ['a replacement of an income with both', replace, { ...bare, ...both, type: 'income' }, '/category unknown-field'],
      ['a patch with both', patch, both, '/source unknown-field'],
      ['a patch that takes one away for the other', patch, { category: null, source: 'Salary' }, '/source unknown-field'],
    ] as const)('where there is no record, or another’s: %s', async (_what, change, body, fault) => {
      const rig = await openRig();
      const { _id } = await enter(rig, salary);
      expect(await refusal(change(rig, to('nobody'), body))).toBe(`400 validation-failed ${fault}`);
      expect(await refusal(change(rig, to(_id, { caller: callerOf('bob') }), body))).toBe(`400 validation-failed ${fault}`);
    });
  });

  test('a replacement can not turn it into an income', async () => {
    const rig = await openRig();
    const { _id } = await enter(rig);
    const body = { amount: 1, currency: 'EUR', date: '2026-03-14', source: 'Salary' };
    expect(await refusal(replaceRecord(rig, to(_id), body))).toBe('400 validation-failed /category required /source unknown-field');
    expect(await refusal(replaceRecord(rig, to(_id), { ...body, type: 'income' }))).toBe('400 validation-failed /type type-immutable');
  });

  test('an expense is moved to another day and back, up to today', async () => {
    const rig = await openRig();
    const { _id } = await enter(rig);
    await patchRecord(rig, to(_id), { date: '2026-03-01' });
    await expect(patchRecord(rig, to(_id), { date: '2026-03-14' })).resolves.toMatchObject({ date: '2026-03-14' });
    expect(await refusal(patchRecord(rig, to(_id), { date: '2026-03-15' }))).toBe('400 validation-failed /date date-in-future');
  });

  test('a day that was accepted stays acceptable after a journey west', async () => {
    const rig = await openRig();
    const far = { caller: callerOf('ada', { timeZone: 'Pacific/Kiritimati' }) };
    const { _id } = await enter(rig);
    await patchRecord(rig, to(_id, far), { date: '2026-03-15' });
    await expect(patchRecord(rig, to(_id), { description: 'x' })).resolves.toMatchObject({ date: '2026-03-15' });
  });

  test('50 clients patch one record: every version is one of theirs', async () => {
    const rig = await openRig();
    const { _id } = await enter(rig);
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => patchRecord(rig, to(_id), { description: `n${i}` })));
    expect(all.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 2));
    expect((await rig.store.records.get(_id))?.version).toBe(51);
    const history = await historyOf(rig, _id);
    expect(history).toHaveLength(50);
    expect(
      history.slice(0, 49).every((item, i) => item.before?.['description'] === (history[i + 1]?.after?.['description'] ?? 'Lunch')),
    ).toBe(true);
  });

  test('of 50 clients who have seen the same version one wins', async () => {
    const rig = await openRig();
    const { _id } = await enter(rig);
    const all = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => patchRecord(rig, to(_id, { ifMatch: [1] }), { description: `n${i}` })),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = all.flatMap((each) => (each.status === 'rejected' ? [(each.reason as Refusal).code] : []));
    expect(new Set(codes)).toEqual(new Set(['version-mismatch']));
  });
});

describe('deleting and restoring', () => {
  test('each takes a version, and in between there is nothing', async () => {
    const rig = await openRig();
    const { _id } = await enter(rig);
    expect(await refusal(restoreRecord(rig, to(_id)))).toBe('409 conflict');
    await deleteRecord(rig, to(_id, { ifMatch: [1] }));
    for (const gone of [
      () => readRecord(rig.store, ada, _id),
      () => patchRecord(rig, to(_id), {}),
      () => replaceRecord(rig, to(_id), { ...lunch, category: 'x' }),
      () => deleteRecord(rig, to(_id)),
      () => historyOf(rig, _id),
    ]) {
      expect(await refusal(gone())).toBe('404 not-found');
    }
    const restored = await restoreRecord(rig, to(_id));
    expect(view(restored)).toMatchObject({ version: 3, category: 'Food', amount: '12.50' });
    expect((await historyOf(rig, _id)).map(({ version, action }) => `${version} ${action}`)).toEqual([
      '3 restored',
      '2 deleted',
      '1 created',
    ]);
  });

  test('a delete that has seen an older version is refused', async () => {
    const rig = await openRig();
    const { _id } = await enter(rig);
    await patchRecord(rig, to(_id), { amount: 1 });
    expect(await refusal(deleteRecord(rig, to(_id, { ifMatch: [1] })))).toBe('412 version-mismatch');
  });
});

describe('other people', () => {
  test('are answered as if it were not there', async () => {
    const rig = await openRig();
    const { _id } = await enter(rig);
    const ben = { caller: callerOf('ben') };
    for (const id of [_id, 'absent']) {
      expect(await refusal(readRecord(rig.store, ben.caller, id))).toBe('404 not-found');
      expect(await refusal(patchRecord(rig, to(id, ben), { amount: 1 }))).toBe('404 not-found');
      expect(await refusal(deleteRecord(rig, to(id, ben)))).toBe('404 not-found');
      expect(await refusal(restoreRecord(rig, to(id, ben)))).toBe('404 not-found');
      expect(await refusal(readRecordHistory(rig, ben.caller, id, { limit: 1, count: false }))).toBe('404 not-found');
    }
    expect(await recordViews(rig, 'ben', [_id, 'absent'])).toEqual({ [_id]: null, absent: null });
  });

  test('views show what is there, and nothing of what was deleted', async () => {
    const rig = await openRig();
    const [one, two] = [await enter(rig), await enter(rig)];
    await deleteRecord(rig, to(two._id));
    expect(await recordViews(rig, 'ada', [two._id, one._id])).toEqual({ [two._id]: null, [one._id]: view(one) });
  });
});
