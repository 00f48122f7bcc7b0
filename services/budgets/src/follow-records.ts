import type { Look } from './look.ts';
import { categoriesByOwner, type DayKey } from './mirror/day-key.ts';
import type { Follow } from './mirror/on-record-changed.ts';
import { readTotals, recomputeTotals } from './mirror/recompute-totals.ts';
import type { BudgetDoc } from './plans/budget.ts';
import type { LiveProgress } from './progress/live-progress.ts';
import { type BudgetPeriod, touchedPeriods } from './progress/touched-periods.ts';
import { readPeriods } from './read-periods.ts';
import { type BudgetsStore, livingBudgets } from './store.ts';

export interface FollowDeps {
  readonly store: BudgetsStore;
  readonly look: Look;
  readonly live: Pick<LiveProgress, 'touched'>;
}

/** What follows from records that may have changed, on every delivery: totals, then figures and alerts of the periods that count them,
 *  then live figures, which nobody waits for.
 *
 *  What is going to be needed is read while the mirror is written, since each step waits for the store. A total or a period that was read
 *  so early is only ever compare-and-set, so reading early is reading, and then being slow. But which budgets there are decides by itself:
 *  one that is created meanwhile is looked at by its creation, which may have come before the totals. So they are read again once the
 *  totals are there, and that decides: those that are gone or have changed since are left, and those that have come are looked at. */
export const createFollow =
  ({ store, look, live }: FollowDeps): Follow =>
  async ({ told, keep, cause }) => {
    const [keys, totals, budgets] = await Promise.all([keep(), readTotals(store, told), budgetsOf(store, told)]);
    const expected = touchedPeriods(budgets, keys);
    const [read] = await Promise.all([readPeriods(store, expected), recomputeTotals(store, keys, totals)]);
    const now = budgetsOf(store, keys);
    const versions = now.then(versionsOf);
    const stands = async ({ budget }: BudgetPeriod): Promise<boolean> => standing(budget, await versions);
    const ahead = expected.map((at, index) => look(at, cause, { ...read[index]!, stands: () => stands(at) }));
    const [budgetsNow, versionsNow] = await Promise.all([now, versions, ...ahead]);
    const before = versionsOf(budgets);
    const missed = touchedPeriods(
      budgetsNow.filter((budget) => !standing(budget, before)),
      keys,
    );
    await Promise.all(missed.map((at) => look(at, cause)));
    live.touched([...expected.filter(({ budget }) => standing(budget, versionsNow)), ...missed]);
  };

const versionsOf = (budgets: readonly BudgetDoc[]): ReadonlyMap<string, number> =>
  new Map(budgets.map(({ _id, version }) => [_id, version]));
const standing = ({ _id, version }: BudgetDoc, versions: ReadonlyMap<string, number>): boolean => versions.get(_id) === version;

const budgetsOf = async (store: BudgetsStore, keys: readonly DayKey[]): Promise<BudgetDoc[]> =>
  (await Promise.all([...categoriesByOwner(keys)].map(([ownerId, categories]) => livingBudgets(store, ownerId, categories)))).flat();
