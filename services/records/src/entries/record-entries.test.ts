import { expect, test } from '@jest/globals';
import { RecordChanged } from '@commonpurse/shared/contracts';
import { acceptEvent, type DomainEvent } from '@commonpurse/shared/messaging';
import { callerOf, openRig } from '../testing/rig.ts';
import { deleteRecord, patchRecord, restoreRecord } from './change-record.ts';
import { createRecord } from './create-record.ts';
import { recordOutbox } from './record-entries.ts';

const caller = callerOf('ada');
const lunch = { type: 'expense' as const, amount: '12.50', currency: 'EUR', date: '2026-03-14', category: 'Food' };

test('A change that is told late says what the record was right after it, the newest that it is so now', async () => {
  const rig = await openRig();
  const { doc: made } = await createRecord(rig, { caller, body: lunch, requestId: 'r', idempotencyKey: null });
  const change = { caller, id: made._id, ifMatch: null, requestId: 'r' };
  await patchRecord(rig, change, { category: 'Dining', currency: 'USD' });
  await patchRecord(rig, change, { description: 'Pizza' });
  await deleteRecord(rig, change);
  await restoreRecord(rig, change);
  await patchRecord(rig, change, { category: 'Rent' });
  const doc = (await rig.store.records.get(made._id))!;
  const events: DomainEvent[] = [];
  for (const entry of doc.outbox!) events.push(...(await recordOutbox(rig.store.records).render(entry, doc)));
  const lunchThen = { type: 'expense', date: '2026-03-14', currency: 'EUR', category: 'Food', source: null, deleted: false };
  const dining = { ...lunchThen, currency: 'USD', category: 'Dining' };
  expect(events.map((event) => acceptEvent(RecordChanged, event).data.became)).toEqual([
    lunchThen,
    dining,
    dining,
    { ...dining, deleted: true },
    dining,
    null,
  ]);
});
