import { expect, test } from '@jest/globals';
import type { Documents } from '@commonpurse/shared/documents';
import { type HistoryLine, linesOf } from '@commonpurse/shared/messaging';
import { overriding } from '@commonpurse/shared/testing';
import { createRecord } from '../entries/create-record.ts';
import { patchRecord } from '../entries/change-record.ts';
import { callerOf, openRig, type Rig } from '../testing/rig.ts';
import { readRecordHistory } from './read-record-history.ts';

const ada = callerOf('ada');
const versions = 30;
const creation = {
  caller: ada,
  body: { type: 'expense' as const, amount: '1.00', currency: 'EUR', date: '2026-03-01', category: 'Food' },
  requestId: 'r1',
  idempotencyKey: 'key',
};

/** Ada's record after many changes, whose lines the relay has stored; `read` tells how many of them were read since. */
async function withLongHistory(count = versions): Promise<{ rig: Rig; id: string; read: () => number }> {
  const rig = await openRig();
  const { doc } = await createRecord(rig, creation);
  const to = { caller: ada, id: doc._id, ifMatch: null, requestId: 'r2' };
  for (let amount = 2; amount <= count; amount += 1) await patchRecord(rig, to, { amount });
  const { outbox = [], changedAt } = (await rig.store.records.get(doc._id))!;
  const recorded = { aggregate: 'record', aggregateId: doc._id, recordedAt: changedAt };
  await rig.store.history.insertMany(linesOf(outbox, null, recorded));
  await rig.store.records.pullOutbox([{ id: doc._id, entryIds: outbox.map(({ id }) => id) }]);
  let read = 0;
  const { history } = rig.store;
  const find: Documents<HistoryLine>['find'] = async (...asked) => {
    const found = await history.find(...asked);
    read += found.length;
    return found;
  };
  return { rig: { ...rig, store: { ...rig.store, history: overriding(history, { find }) } }, id: doc._id, read: () => read };
}

test('of a long history no more is read than a page shows', async () => {
  const { rig, id, read } = await withLongHistory();
  const first = await readRecordHistory(rig, ada, id, { limit: 2, count: true });
  expect(first).toMatchObject({ items: [{ version: 30 }, { version: 29 }], total: versions });
  const second = await readRecordHistory(rig, ada, id, { limit: 2, count: true, cursor: first.nextCursor! });
  expect(second).toMatchObject({ items: [{ version: 28 }, { version: 27 }], total: versions });
  expect(read()).toBe(6);
});

test('of a long history that is shared about as much is read as a page shows; all of it only to be counted', async () => {
  const { rig, id, read } = await withLongHistory(250);
  const grant = { shareId: 's', version: 1, ownerId: 'ada', access: 'view' as const, scope: { kind: 'records' as const }, expiresAt: null };
  const bob = callerOf('bob', { grants: [grant] });
  const first = await readRecordHistory(rig, bob, id, { limit: 2, count: false });
  expect(first.items).toMatchObject([{ version: 250 }, { version: 249 }]);
  expect(read()).toBe(100);
  const second = await readRecordHistory(rig, bob, id, { limit: 200, count: true, cursor: first.nextCursor! });
  expect(second).toMatchObject({ total: 250, items: Array.from({ length: 200 }, (_, nth) => ({ version: 248 - nth })) });
  const third = await readRecordHistory(rig, bob, id, { limit: 200, count: false, cursor: second.nextCursor! });
  expect([third.items.at(0)?.version, third.items.at(-1)?.version, third.items.length]).toEqual([48, 1, 48]);
});

test('a repeated request for a record that was changed often reads how it began, and no more', async () => {
  const { rig, read } = await withLongHistory();
  const { doc, replayed } = await createRecord(rig, creation);
  expect({ replayed, version: doc.version, amountMinor: doc.amountMinor }).toEqual({ replayed: true, version: 1, amountMinor: 100 });
  expect(read()).toBe(1);
});
