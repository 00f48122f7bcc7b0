import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Caller } from '@commonpurse/shared/http';
import type { RecordsStore } from '../store.ts';
import { categoryItems, type CategoryItem } from './category.ts';

/** Whoever uses more names than this uses them for something else. */
const usedMax = 500;
/** The embedded store answers each jump at once, without letting anybody else in. */
const namesATurn = 50;

/** The shipped categories and those of the caller's living expenses: jumps from name to name along the index, whatever lies between. */
export async function listCategories({ records }: RecordsStore, caller: Caller): Promise<CategoryItem[]> {
  const used: string[] = [];
  for (let last = ''; used.length < usedMax;) {
    const [next] = await records.find(
      { ownerId: caller.userId, deletedAt: null, category: { $gt: last } },
      {
        sort: [
          ['category', 1],
          ['date', 1],
          ['_id', 1],
        ],
        limit: 1,
      },
    );
    if (next?.category === undefined) break;
    last = next.category;
    used.push(last);
    if (used.length % namesATurn === 0) await nextTurn();
  }
  return categoryItems(used);
}
