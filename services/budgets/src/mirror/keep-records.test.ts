import { expect, test } from '@jest/globals';
import type { Documents } from '@commonpurse/shared/documents';
import { fakeClock, overriding } from '@commonpurse/shared/testing';
import { openEmptyStore } from '../testing/open-store.ts';
import { expense } from '../testing/told-records.ts';
import { keepRecords } from './keep-records.ts';
import type { MirroredRecord } from './mirrored-record.ts';

test('Rows that are taken back are kept with turns for others in between', async () => {
  const { documents, store } = await openEmptyStore(fakeClock());
  const rows = Array.from({ length: 50 }, () => expense({ ownerId: 'ada' }));
  await keepRecords(
    store.mirror,
    rows.map((record) => ({ record, was: null })),
  );
  let [most, inThisTurn, over] = [0, 0, false];
  const replace: Documents<MirroredRecord>['replace'] = (doc, version) => {
    most = Math.max(most, (inThisTurn += 1));
    // as long as this may take on a slow machine
    for (const end = performance.now() + 1; performance.now() < end;);
    return store.mirror.replace(doc, version);
  };
  const turn = (): void => {
    inThisTurn = 0;
    if (!over) setImmediate(turn);
  };
  turn();
  const takenBack = rows.map((record) => ({ record: { ...record, version: 2, deleted: true }, was: null }));
  await keepRecords(overriding(store.mirror, { replace }), takenBack);
  over = true;
  expect(await store.mirror.count({ version: 2 })).toBe(50);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(20);
  await documents.close();
});
