import { expect, test } from '@jest/globals';
import type { Documents } from '@commonpurse/shared/documents';
import { fakeClock, overriding } from '@commonpurse/shared/testing';
import { openEmptyStore } from '../testing/open-store.ts';
import { expense, wasOf } from '../testing/told-records.ts';
import { keepRecords } from './keep-records.ts';
import type { MirroredRecord, ToldRecord } from './mirrored-record.ts';

const states = [1, 2, 3].map((version) => expense({ ownerId: 'ada', id: 'r1', version, date: `2026-01-0${version}` }));
const toldOf = (version: number): ToldRecord => ({
  record: states[version - 1]!,
  was: version === 1 ? null : wasOf(states[version - 2]!),
});

test.each([
  [[], [1], 1, [1]],
  [[], [1, 2], 2, [1, 2]],
  [[], [2, 1], 2, [1, 2]],
  [[], [3, 1, 2], 3, [1, 2, 3]],
  [[], [2, 2], 2, [1, 2]],
  [[1], [3, 2], 3, [1, 2, 3]],
  [[1], [3], 3, [1, 2, 3]],
  [[1, 3], [2], 3, [1, 2, 3]],
])('Where %j were told, and now %j together, %i is kept, and to be added up are the days %j', async (before, now, kept, days) => {
  const { documents, store } = await openEmptyStore();
  for (const version of before) await keepRecords(store.mirror, [toldOf(version)]);
  const keys = await keepRecords(store.mirror, now.map(toldOf));
  expect(await store.mirror.get('r1')).toMatchObject({ version: kept, key: `ada|2026-01-0${kept}|Food|EUR` });
  expect(keys.map(({ day }) => day).toSorted()).toEqual(days.map((day) => `2026-01-0${day}`));
  await documents.close();
});

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
