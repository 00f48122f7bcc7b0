import type { FireAhead } from './fire-ahead.ts';
import type { Look } from './look.ts';
import type { PeriodDoc } from './alerts/alert.ts';
import { type DayKey, dayKeyId } from './mirror/day-key.ts';
import type { Follow } from './mirror/on-record-changed.ts';
import type { FollowImport } from './mirror/on-records-imported.ts';
import { addUpDays, presumedNew, readTotals, recomputeTotals } from './mirror/recompute-totals.ts';
import type { BudgetDoc } from './plans/budget.ts';
import type { LiveProgress } from './progress/live-progress.ts';
import { periodId } from './progress/period.ts';
import { type BudgetPeriod, touchedPeriods } from './progress/touched-periods.ts';
import { readPeriods } from './read-periods.ts';
import { type BudgetsStore, budgetsCounting } from './store.ts';

interface FollowDeps {
  readonly store: BudgetsStore;
  readonly look: Look;
  /** null: nothing fires. */
  readonly fireAhead: FireAhead | null;
  readonly live: Pick<LiveProgress, 'touched'>;
  /** For what many periods count. */
  readonly followMany: FollowImport;
}

/** With more periods than these, looking at each by itself holds everybody up: they are looked at together, as after an import. */
const oneByOneMax = 32;

/** What follows from records that may have changed, on every delivery: totals, then figures and alerts of the periods that count them,
 *  then live figures, which nobody waits for.
 *
 *  What is going to be needed is read while the mirror is written, since each step waits for the store. A total or a period that was read
 *  so early is only ever compare-and-set, so reading early is reading, and then being slow. But which budgets there are decides by itself:
 *  one that is created meanwhile is looked at by its creation, which may have come before the totals. So they are read again once the
 *  totals are there, and that decides: those that are gone or have changed since are left, and those that have come are looked at.
 *
 *  An alert that is near is fired from the mirror, and nothing else is asked of the store before it is: what serves the totals waits. That makes
 *  it early and nothing else: what it misses, the look finds. */
export const createFollow =
  ({ store, look, fireAhead, live, followMany }: FollowDeps): Follow =>
  async (telling) => {
    const { told, keep, cause } = telling;
    const readAhead = async () => {
      const budgets = await budgetsCounting(store, told);
      const near = fireAhead?.near(touchedPeriods(budgets, told), telling) ?? [];
      return { budgets, near, totals: near.length > 0 ? null : await readTotals(store, told) };
    };
    const [keys, { budgets, near, totals }] = await Promise.all([keep(), readAhead()]);
    const expected = touchedPeriods(budgets, keys);
    if (expected.length > oneByOneMax) return followMany(keys, cause);
    const adding = addUpDays(store, told);
    const fired = near.length > 0 && areTold(keys, told) ? await fireAhead?.fire(near, telling, adding) : undefined;
    const recompute = async (): Promise<void> => {
      const added = await adding;
      return recomputeTotals(store, keys, { read: totals ?? presumedNew(told, added), added });
    };
    const [read] = await Promise.all([readPeriods(store, expected), recompute()]);
    const stateOf = ({ budget, period }: BudgetPeriod): PeriodDoc | null => fired?.get(periodId(budget._id, period)) ?? null;
    const now = budgetsCounting(store, keys);
    const versions = now.then(versionsOf);
    const stands = async ({ budget }: BudgetPeriod): Promise<boolean> => standing(budget, await versions);
    const ahead = expected.map((at, index) => {
      const { spending, state } = read[index]!;
      return look(at, cause, { spending, state: stateOf(at) ?? state, stands: () => stands(at) });
    });
    const [budgetsNow, versionsNow] = await Promise.all([now, versions, ...ahead]);
    const before = versionsOf(budgets);
    const missed = touchedPeriods(
      budgetsNow.filter((budget) => !standing(budget, before)),
      keys,
    );
    await Promise.all(missed.map((at) => look(at, cause)));
    live.touched([...expected.filter(({ budget }) => standing(budget, versionsNow)), ...missed]);
  };

/** Whether these days were told of, all of them. */
function areTold(keys: readonly DayKey[], told: readonly DayKey[]): boolean {
  const known = new Set(told.map(dayKeyId));
  return keys.every((key) => known.has(dayKeyId(key)));
}

const versionsOf = (budgets: readonly BudgetDoc[]): ReadonlyMap<string, number> =>
  new Map(budgets.map(({ _id, version }) => [_id, version]));
const standing = ({ _id, version }: BudgetDoc, versions: ReadonlyMap<string, number>): boolean => versions.get(_id) === version;
