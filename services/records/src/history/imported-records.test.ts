import { describe, expect, test } from '@jest/globals';
import { recordView, RecordChanged } from '@commonpurse/shared/contracts';
import { acceptEvent, type DomainEvent } from '@commonpurse/shared/messaging';
import { patchRecord, restoreRecord } from '../entries/change-record.ts';
import { recordOutbox } from '../entries/record-entries.ts';
import { newRecord, recordStateOf, revertedRecord, type RecordDoc } from '../entries/record.ts';
import { callerOf, openRig, type Rig } from '../testing/rig.ts';
import { readRecordHistory } from './read-record-history.ts';

const ada = callerOf('ada');
const content = {
  type: 'expense' as const,
  amountMinor: 1250,
  currency: 'EUR',
  date: '2026-03-01',
  description: 'REWE',
  category: 'Food',
  source: null,
  tags: [],
  customFields: {},
};
const to = (requestId: string) => ({ caller: ada, id: 'row-1', ifMatch: null, requestId });

async function withRow(): Promise<{ rig: Rig; row: RecordDoc }> {
  const rig = await openRig();
  const origin = { id: 'row-1', ownerId: 'ada', createdBy: 'ada', at: '2026-03-10T08:00:00.000Z', base: null, importId: 'import-1' };
  await rig.store.records.insertMany([newRecord(content, origin)]);
  return { rig, row: (await rig.store.records.get('row-1'))! };
}
const historyOf = async (rig: Rig, limit = 50) => (await readRecordHistory(rig, ada, 'row-1', { limit, count: true })).items;
const told = async (rig: Rig): Promise<string[]> =>
  (await historyOf(rig)).map(({ version, action, requestId }) => `${version} ${action} by ${requestId}`);

describe('an imported record', () => {
  test('has a history from the start, though its import stands for it', async () => {
    const { rig, row } = await withRow();
    expect(await historyOf(rig)).toEqual([
      {
        at: '2026-03-10T08:00:00.000Z',
        by: 'ada',
        action: 'created',
        version: 1,
        before: null,
        after: recordView(recordStateOf(row)),
        requestId: 'import-1',
      },
    ]);
  });

  test('tells with its first change how it came, to history only', async () => {
    const { rig } = await withRow();
    const before = await historyOf(rig);
    await patchRecord(rig, to('r1'), { category: 'Dining' });
    expect(await told(rig)).toEqual(['2 updated by r1', '1 created by import-1']);
    expect((await historyOf(rig))[1]).toEqual(before[0]);
    await patchRecord(rig, to('r2'), { category: 'Fun' });
    expect(await told(rig)).toEqual(['3 updated by r2', '2 updated by r1', '1 created by import-1']);
    const doc = (await rig.store.records.get('row-1'))!;
    const { render } = recordOutbox(rig.store.records);
    const events: DomainEvent[] = [];
    for (const entry of doc.outbox!) events.push(...(await render(entry, doc)));
    expect(events.map(({ id }) => id)).toEqual(['record.changed/row-1/2', 'record.changed/row-1/3']);
    expect(acceptEvent(RecordChanged, events[0]).data).toMatchObject({
      action: 'updated',
      record: { importId: 'import-1', category: 'Fun', version: 3 },
      was: { category: 'Food', deleted: false },
      historyHash: null,
    });
  });

  test('that was taken back tells both when it is restored', async () => {
    const { rig, row } = await withRow();
    await rig.store.records.replace(revertedRecord(row, '2026-03-11T08:00:00.000Z', 'ada'), 1);
    const restored = await restoreRecord(rig, to('r1'));
    expect(restored).toMatchObject({ version: 3, importId: 'import-1', description: 'REWE' });
    expect(restored.untold).toBeUndefined();
    expect(await told(rig)).toEqual(['3 restored by r1', '2 deleted by import-1', '1 created by import-1']);
    const days = (await historyOf(rig)).map(({ at }) => at.slice(0, 10));
    expect(days).toEqual(['2026-03-14', '2026-03-11', '2026-03-10']);
  });
});

test('a long history comes in pages', async () => {
  const { rig } = await withRow();
  for (const amount of [1, 2, 3, 4]) await patchRecord(rig, to('r'), { amount });
  const versions: number[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await readRecordHistory(rig, ada, 'row-1', { limit: 2, count: true, cursor });
    expect(page.total).toBe(5);
    versions.push(...page.items.map(({ version }) => version));
    cursor = page.nextCursor;
  }
  expect(versions).toEqual([5, 4, 3, 2, 1]);
});
