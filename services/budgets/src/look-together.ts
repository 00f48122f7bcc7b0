import { batchesOf } from '@commonpurse/shared/service';
import { evaluatePeriod } from './alerts/evaluate-alerts.ts';
import type { Ahead, Look, LookDeps } from './look.ts';
import type { Cause } from './mirror/on-record-changed.ts';
import { addUpPeriods, keepSpendings } from './progress/refresh-spending.ts';
import { spendingOf } from './progress/spending.ts';
import type { BudgetPeriod } from './progress/touched-periods.ts';
import { readPeriods } from './read-periods.ts';
import type { BudgetsStore } from './store.ts';

/** As `Look`, for many periods: what it asks of the store grows with the days that they hold, not with the budgets. */
export type LookTogether = (periods: readonly BudgetPeriod[], cause: Cause) => Promise<void>;

export interface LookTogetherDeps extends LookDeps {
  /** For one that others keep at the same time. */
  readonly look: Look;
}

/** So many are read, added up and written at once. One batch follows the other, so that everybody else gets in between. */
const togetherMax = 500;

/** No turnstile: who comes meanwhile must not be served by what was added up before. Two that meet at a period find out by the compare-and-set, as
 *  two processes do; then what they may have met at is done again in halves, down to one, where one of the two gets ahead with every write.
 *
 *  A budget that has changed since it was read, or is gone, is left: whoever changed it looks at its periods, and finds the totals that were
 *  there before it was read. */
export function createLookTogether({ look, ...deps }: LookTogetherDeps): LookTogether {
  const lookAt = async (batch: readonly BudgetPeriod[], cause: Cause): Promise<void> => {
    const [at] = batch;
    if (at !== undefined && batch.length === 1) return look(at, cause, await readAhead(deps.store, at));
    const overtaken = await once(deps, batch, cause);
    for (const half of batchesOf(overtaken, Math.ceil(batch.length / 2))) await lookAt(half, cause);
  };
  return async (periods, cause) => {
    // those of the same days in the same batch
    const inOrder = [...Map.groupBy(periods, ({ period }) => period.key).values()].flat();
    for (const batch of batchesOf(inOrder, togetherMax)) await lookAt(batch, cause);
  };
}

/** Answers those where another may have been faster. */
async function once(deps: Omit<LookTogetherDeps, 'look'>, batch: readonly BudgetPeriod[], cause: Cause) {
  const { store, alerts, nearness } = deps;
  // before they are added up, as ever: see `keepSpending`
  const read = await readPeriods(store, batch);
  const [sums, budgets] = await Promise.all([addUpPeriods(store, batch), budgetsNow(store, batch)]);
  const added = batch
    .map((at, index) => ({ at, current: read[index]!.spending, state: read[index]!.state, sums: sums[index]! }))
    .filter(({ at: { budget } }) => budgets.get(budget._id) === budget.version);
  const [overtaken] = await Promise.all([
    keepSpendings(store, added),
    ...added.map(({ at, state, sums: found }) => {
      const { spentMinor } = spendingOf(at.budget, found);
      nearness.saw(at, spentMinor);
      return alerts ? evaluatePeriod(deps, { ...at, spentMinor, cause, read: state }) : null;
    }),
  ]);
  return overtaken;
}

async function readAhead(store: LookTogetherDeps['store'], at: BudgetPeriod): Promise<Ahead> {
  const [read] = await readPeriods(store, [at]);
  const { _id, version } = at.budget;
  return { ...read!, stands: async () => (await budgetsNow(store, [at])).get(_id) === version };
}

/** Their versions now. One that was deleted has another one than it had, too. */
async function budgetsNow({ budgets }: Pick<BudgetsStore, 'budgets'>, batch: readonly BudgetPeriod[]): Promise<Map<string, number>> {
  const found = await budgets.getMany([...new Set(batch.map(({ budget }) => budget._id))]);
  return new Map(found.map(({ _id, version }) => [_id, version]));
}
