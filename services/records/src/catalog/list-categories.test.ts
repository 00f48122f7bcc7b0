import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { newRecord } from '../entries/record.ts';
import { callerOf, openRig } from '../testing/rig.ts';
import { listCategories } from './list-categories.ts';

const content = { type: 'expense' as const, amountMinor: 100, currency: 'EUR', date: '2026-03-01', description: '', source: null };

test('others have their turn while many names are gathered', async () => {
  const { store } = await openRig();
  const drafts = Array.from({ length: 200 }, (_, n) =>
    newRecord(
      { ...content, category: `Category ${n}`, tags: [], customFields: {} },
      { id: `r${n}`, ownerId: 'ada', createdBy: 'ada', at: '2026-03-10T08:00:00.000Z', base: null },
    ),
  );
  await store.records.insertMany(drafts);
  let turns = 0;
  let isOver = false;
  const gathering = listCategories(store, callerOf('ada')).finally(() => (isOver = true));
  while (!isOver) {
    await nextTurn();
    turns += 1;
  }
  expect((await gathering).filter(({ inUse }) => inUse)).toHaveLength(200);
  expect(turns).toBeGreaterThan(3);
});
