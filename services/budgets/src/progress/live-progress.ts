import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Person } from '@commonpurse/shared/access';
import type { Cache } from '@commonpurse/shared/cache';
import { dayIn } from '@commonpurse/shared/calendar';
import { progressChannel } from '@commonpurse/shared/contracts';
import { isUnderWay } from '@commonpurse/shared/messaging';
import type { Clock } from '@commonpurse/shared/service';
import type { Logger } from 'pino';
import type { BudgetDoc } from '../plans/budget.ts';
import type { BudgetsStore } from '../store.ts';
import { currentPeriods, currentSomewhere, periodAt } from './period.ts';
import { progressIn } from './read-progress.ts';
import type { BudgetPeriod } from './touched-periods.ts';

/** A budget is told at most once in this time, and once more after the last change. */
const intervalMs = 200;

export interface LiveProgress {
  /** Takes note that these periods' totals have changed. Returns at once: live figures are a hint, nobody waits for them. */
  touched(periods: readonly BudgetPeriod[]): void;
  /** Takes note that the budget itself was changed. */
  edited(budget: BudgetDoc): void;
  /** Forgets what has not been told yet; resolves when nothing runs any more. */
  stop(): Promise<void>;
}

interface LiveDeps {
  readonly store: BudgetsStore;
  /** As of now, as whoever reads the progress is: both show the same day. null: there is no such person. */
  readonly ownerNow: (ownerId: string) => Promise<Pick<Person, 'timeZone'> | null>;
  readonly cache: Pick<Cache, 'publish'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Publishes the progress of budgets whose current period has changed. A mass import costs one look at a budget per interval. */
export function createLiveProgress(deps: LiveDeps): LiveProgress {
  const stopping = new AbortController();
  const untold = new Map<string, Set<string>>();
  const lanes = new Set<Promise<void>>();
  let last: Promise<void> = Promise.resolve();
  // hundreds of budgets may be touched at once, and whoever asks for something gets in between any two
  const inTurn = (told: () => Promise<void>): Promise<void> => (last = last.then(() => nextTurn()).then(told));
  const lane = async (budgetId: string): Promise<void> => {
    while (!stopping.signal.aborted) {
      const periodKeys = untold.get(budgetId);
      if (periodKeys === undefined || periodKeys.size === 0) break;
      untold.set(budgetId, new Set());
      await inTurn(() => tell(deps, budgetId, periodKeys));
      await deps.clock.delay(intervalMs, stopping.signal);
    }
    untold.delete(budgetId);
  };
  const note = ({ budget, period }: BudgetPeriod): void => {
    const waiting = untold.get(budget._id);
    if (waiting !== undefined) return void waiting.add(period.key);
    untold.set(budget._id, new Set([period.key]));
    const running = lane(budget._id).finally(() => lanes.delete(running));
    lanes.add(running);
  };
  const touched: LiveProgress['touched'] = (periods) => {
    if (stopping.signal.aborted) return;
    const isCurrent = currentSomewhere(deps.clock.now());
    periods.filter(({ period }) => isCurrent(period)).forEach(note);
  };
  return {
    touched,
    edited: (budget) => touched(currentPeriods(budget, deps.clock.now()).map((period) => ({ budget, period }))),
    stop: async () => {
      stopping.abort();
      await Promise.all(lanes);
    },
  };
}

/** Only the current period is live; a budget that was changed or deleted meanwhile is seen as it is now. */
async function tell({ store, ownerNow, cache, clock, log }: LiveDeps, budgetId: string, periodKeys: ReadonlySet<string>): Promise<void> {
  try {
    const budget = await store.budgets.get(budgetId);
    if (budget === null || budget.deletedAt !== null) return;
    const owner = await ownerNow(budget.ownerId);
    if (owner === null) return;
    const today = dayIn(owner.timeZone, clock.now());
    const period = periodAt(budget, today);
    if (period === null || !periodKeys.has(period.key)) return;
    // what is read is not what is spent while that is being made anew, also where that ends or begins behind the reading
    const before = await store.rebuilds.get('records');
    const progress = await progressIn({ store, clock }, budget, period, today);
    if ([before, await store.rebuilds.get('records')].some(isUnderWay)) return;
    await cache.publish(progressChannel, JSON.stringify({ userId: budget.ownerId, data: { budgetId, ...progress } }));
  } catch (error) {
    log.warn({ err: error, budgetId }, 'live progress was not told');
  }
}
