import { type SpendingOfDays, type SpentOnDay, stretchesMax } from '@commonpurse/shared/contracts';
import { batchesOf, PeerRefused, type Peers, PeerUnavailable } from '@commonpurse/shared/service';
import type { Logger } from 'pino';
import type { SpentNow } from './alerts/evaluate-alerts.ts';
import { gatherByOwner } from './mirror/gather.ts';
import { type Days, joinDays } from './progress/days.ts';
import { type BudgetsStore, spentInMirror } from './store.ts';

interface SpentNowDeps {
  readonly store: Pick<BudgetsStore, 'mirror'>;
  readonly peers: Pick<Peers, 'get'>;
  readonly log: Logger;
}

/** A busy instance needs some tenths of a second for a year of 100,000 expenses. Who doesn't answer at all doesn't acknowledge much either. */
const timeoutMs = 1_500;

interface Question {
  readonly ownerId: string;
  readonly days: Days;
  answer(spent: readonly SpentOnDay[]): void;
}

/** As records say, who own the expenses: by the mirror, which hears of them, an expense may be there that was deleted just now. Where records can't
 *  say, the mirror does. What is asked for one owner in the same turn, or while an answer is under way, is one question. */
export function createSpentNow(deps: SpentNowDeps): SpentNow {
  const gather = gatherByOwner(async (questions: readonly Question[]) => {
    const spent = await spentOn(deps, questions[0]!.ownerId, joinDays(questions.map(({ days }) => days)));
    const alike = Map.groupBy(questions, ({ days }) => `${days.start} ${days.end}`);
    for (const [first, ...others] of alike.values()) {
      const { start, end } = first!.days;
      const within = spent.filter(({ day }) => day >= start && day <= end);
      for (const question of [first!, ...others]) question.answer(within);
    }
  });
  return async (ownerId, days) => {
    let found: readonly SpentOnDay[] = [];
    await gather(ownerId, { ownerId, days, answer: (spent) => (found = spent) });
    return found;
  };
}

async function spentOn({ store, peers, log }: SpentNowDeps, ownerId: string, stretches: readonly Days[]): Promise<readonly SpentOnDay[]> {
  const ask = async (part: readonly Days[]): Promise<readonly SpentOnDay[]> => {
    const query = new URLSearchParams({ ownerId, days: part.map(({ start, end }) => `${start}..${end}`).join() });
    const path = `/internal/records/spending?${query.toString()}`;
    return (await peers.get<SpendingOfDays>('records', path, { timeoutMs })).spent;
  };
  try {
    return (await Promise.all(batchesOf(stretches, stretchesMax).map(ask))).flat();
  } catch (error) {
    if (!(error instanceof PeerUnavailable) && !(error instanceof PeerRefused)) throw error;
    log.warn({ err: error }, 'records can not say what was spent: an alert fires by what was heard from them');
    return (await Promise.all(stretches.map((days) => spentInMirror(store)(ownerId, days)))).flat();
  }
}
