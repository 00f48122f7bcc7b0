import type { SpentOnDay } from '@commonpurse/shared/contracts';
import type { Documents, DocumentStore, Filter, Index } from '@commonpurse/shared/documents';
import { createHistory, type Derived, type HistoryLine, type Rebuild, rebuildsCollection } from '@commonpurse/shared/messaging';
import type { PeriodDoc } from './alerts/alert.ts';
import { categoriesByOwner, type DayKey, dayKeyIdsBetween, dayKeyOf } from './mirror/day-key.ts';
import type { DayTotal } from './mirror/day-total.ts';
import type { MirroredRecord } from './mirror/mirrored-record.ts';
import type { BudgetDoc, CategoryLimit } from './plans/budget.ts';
import type { Days } from './progress/days.ts';
import type { PeriodSpending } from './progress/period-spending.ts';
import type { SpentSum } from './progress/spending.ts';

/** The collections that budgets owns. */
export interface BudgetsStore {
  readonly budgets: Documents<BudgetDoc>;
  readonly periods: Documents<PeriodDoc>;
  readonly mirror: Documents<MirroredRecord>;
  readonly totals: Documents<DayTotal>;
  readonly spendings: Documents<PeriodSpending>;
  readonly history: Documents<HistoryLine>;
  readonly rebuilds: Documents<Rebuild>;
}

/** How a person's part is found. */
const byOwner: Index = { name: 'by-owner', fields: ['ownerId', '_id'] };

export async function openBudgetsStore(documents: DocumentStore): Promise<BudgetsStore> {
  return {
    budgets: await documents.collection<BudgetDoc>({
      name: 'budgets',
      indexes: [{ name: 'by-creation', fields: ['ownerId', 'deletedAt', 'createdAt', '_id'] }],
    }),
    periods: await documents.collection<PeriodDoc>({ name: 'periods', indexes: [byOwner] }),
    mirror: await documents.collection<MirroredRecord>({
      name: 'mirror',
      indexes: [{ name: 'by-key', fields: ['key'], sparse: true }, byOwner],
    }),
    totals: await documents.collection<DayTotal>({
      name: 'day-totals',
      indexes: [
        { name: 'by-day', fields: ['ownerId', 'day', '_id'] },
        { name: 'by-category', fields: ['ownerId', 'category', 'day'] },
      ],
      times: { day: 'day' },
    }),
    spendings: await documents.collection<PeriodSpending>({ name: 'period-spendings', indexes: [byOwner] }),
    history: await createHistory(documents),
    rebuilds: await documents.collection<Rebuild>(rebuildsCollection),
  };
}

/** What is made of records, and can be again. What has fired stays: it was told. */
export const derivedFromRecords = ({ mirror, totals, spendings, rebuilds }: BudgetsStore): Derived => ({
  producer: 'records',
  collections: [mirror, totals, spendings],
  rebuilds,
});

/** More than these make a question that costs more than what it leaves out. */
export const categoriesMax = 50;

/** The budgets of an owner that have not been deleted, at least those that count any of these categories. Every expense waits for this, and
 *  reading all budgets of somebody who has many takes longer than all else together. */
function livingBudgets({ budgets }: Pick<BudgetsStore, 'budgets'>, ownerId: string, categories: readonly string[]): Promise<BudgetDoc[]> {
  const living = { ownerId, deletedAt: null };
  if (categories.length > categoriesMax) return budgets.find(living);
  const path = 'categories.category';
  return budgets.find({ ...living, $or: [{ [path]: { $in: categories } }, { [path]: { $exists: false } }] });
}

/** The living budgets that count any of these. */
export async function budgetsCounting(store: Pick<BudgetsStore, 'budgets'>, keys: readonly DayKey[]): Promise<BudgetDoc[]> {
  const found = [...categoriesByOwner(keys)].map(([ownerId, categories]) => livingBudgets(store, ownerId, categories));
  return (await Promise.all(found)).flat();
}

interface SpendingQuery {
  readonly ownerId: string;
  /** Empty: all. */
  readonly categories: readonly CategoryLimit[];
  readonly currency: string;
  readonly from: string;
  /** Inclusive. */
  readonly to: string;
  /** Day totals that are left out, by id. */
  readonly without?: readonly string[];
}

/** What was spent on the days from `from` to `to`, by category and currency. By one question, for every expense asks it of each budget that counts it. */
export function spentBetween({ totals }: Pick<BudgetsStore, 'totals'>, query: SpendingQuery): Promise<SpentSum[]> {
  const { ownerId, categories, from, to, without = [] } = query;
  const filter: Filter = {
    ownerId,
    day: { $gte: from, $lte: to },
    ...(categories.length > 0 && { category: { $in: categories.map(({ category }) => category) } }),
    ...(without.length > 0 && { $and: without.map((_id) => ({ _id: { $ne: _id } })) }),
  };
  return sumOf(totals, filter, query.currency);
}

/** From the mirror itself, which has each record at one place at a time. Day totals are written one by one: between two of them a record that was
 *  moved can count on both its days. */
export const spentInMirror =
  ({ mirror }: Pick<BudgetsStore, 'mirror'>) =>
  async (ownerId: string, { start, end }: Days): Promise<SpentOnDay[]> => {
    const sums = await mirror.sum({ key: dayKeyIdsBetween(ownerId, start, end) }, { by: ['key'], of: 'amountMinor' });
    return sums.map(({ key, sum, count }) => {
      const { day, category, currency } = dayKeyOf(String(key[0]));
      return { day, category, currency, sumMinor: sum, count };
    });
  };

/** The same for each of these budgets, which are of one owner and one currency and count these days, in their order: by one question for all. */
export async function spentByEach(
  { totals }: Pick<BudgetsStore, 'totals'>,
  budgets: readonly Pick<SpendingQuery, 'ownerId' | 'categories' | 'currency'>[],
  { from, to }: Pick<SpendingQuery, 'from' | 'to'>,
): Promise<SpentSum[][]> {
  const [{ ownerId, currency }] = budgets as [SpendingQuery];
  const wanted = new Set(budgets.flatMap(({ categories }) => categories.map(({ category }) => category)));
  const isNarrow = wanted.size <= categoriesMax && budgets.every(({ categories }) => categories.length > 0);
  const filter = { ownerId, day: { $gte: from, $lte: to }, ...(isNarrow && { category: { $in: [...wanted] } }) };
  const all = await sumOf(totals, filter, currency);
  const byCategory = Map.groupBy(all, ({ category }) => category);
  return budgets.map(({ categories }) =>
    categories.length === 0 ? all : categories.flatMap(({ category }) => byCategory.get(category) ?? []),
  );
}

/** How many records a sum adds up matters only where it can't be converted: that is asked only where there is foreign money. */
async function sumOf(totals: Documents<DayTotal>, filter: Filter, currency: string): Promise<SpentSum[]> {
  const by = ['category', 'currency'];
  const sums = await totals.sum(filter, { by, of: 'sumMinor' });
  const foreign = sums.some(({ key }) => key[1] !== currency);
  const counted = foreign ? await totals.sum({ ...filter, currency: { $ne: currency } }, { by, of: 'records' }) : [];
  const countOf = new Map(counted.map(({ key, sum }) => [key.join('|'), sum]));
  return sums.map(({ key, sum }) => ({
    category: String(key[0]),
    currency: String(key[1]),
    sumMinor: sum,
    count: countOf.get(key.join('|')) ?? 0,
  }));
}
