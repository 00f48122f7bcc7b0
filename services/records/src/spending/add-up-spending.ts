import type { SpentOnDay } from '@commonpurse/shared/contracts';
import type { RecordsStore } from '../store.ts';

/** Days from the first to the last, both counted. */
type Days = readonly [from: string, to: string];

/** What an owner has spent on these days, by the expenses that are there now: a deleted one is not from the moment of its deletion, an imported row is
 *  from the moment of its landing. What is written while it is added up may count or not. One stretch after the other, each by one range of the
 *  index that lists read by. */
export async function addUpSpending(
  { records }: Pick<RecordsStore, 'records'>,
  ownerId: string,
  stretches: readonly Days[],
): Promise<SpentOnDay[]> {
  const spent: SpentOnDay[] = [];
  for (const [from, to] of stretches) {
    const filter = { ownerId, deletedAt: null, type: 'expense', date: { $gte: from, $lte: to } };
    for (const { key, sum, count } of await records.sum(filter, { by: ['date', 'category', 'currency'], of: 'amountMinor' })) {
      spent.push({ day: String(key[0]), category: String(key[1] ?? ''), currency: String(key[2]), sumMinor: sum, count });
    }
  }
  return spent;
}
