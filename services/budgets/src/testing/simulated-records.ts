import type { RecordState } from '@commonpurse/shared/contracts';
import type { SpentNow } from '../alerts/evaluate-alerts.ts';
import type { ToldRecord } from '../mirror/mirrored-record.ts';

/** Records, who own what happens to expenses: ahead of what was told of it, never behind. */
export interface SimulatedRecords {
  readonly spentNow: SpentNow;
  /** What an event tells has happened before. */
  reach(told: readonly ToldRecord[]): void;
  /** What this owner has spent in euros, at each moment so far. */
  everSpent(ownerId: string): ReadonlySet<number>;
}

/** @param lives the states of each record, from version 1 on */
export function simulateRecords(lives: readonly (readonly RecordState[])[], below: (limit: number) => number): SimulatedRecords {
  const versions = new Map(lives.map(([first]) => [first!.id, 0]));
  const ever = new Map<string, Set<number>>();
  const statesOf = (ownerId: string): RecordState[] =>
    lives
      .flatMap((states) => states[versions.get(states[0]!.id)! - 1] ?? [])
      .filter((state) => state.ownerId === ownerId && state.type === 'expense' && !state.deleted);
  const advance = (states: readonly RecordState[], version: number): void => {
    const [{ id, ownerId }] = states as [RecordState];
    while (versions.get(id)! < Math.min(version, states.length)) {
      versions.set(id, versions.get(id)! + 1);
      const inEuros = statesOf(ownerId).filter(({ currency }) => currency === 'EUR');
      const sum = inEuros.reduce((spent, { amountMinor }) => spent + amountMinor, 0);
      ever.set(ownerId, (ever.get(ownerId) ?? new Set()).add(sum));
    }
  };
  return {
    reach: (told) => {
      for (const { record } of told)
        advance(
          lives.find(([first]) => first!.id === record.id)!,
          record.version,
        );
    },
    everSpent: (ownerId) => ever.get(ownerId) ?? new Set(),
    spentNow: async (ownerId, { start, end }) => {
      const states = lives[below(lives.length)]!;
      if (below(3) === 0) advance(states, versions.get(states[0]!.id)! + 1);
      return statesOf(ownerId)
        .filter(({ date }) => date >= start && date <= end)
        .map(({ category, currency, amountMinor }) => ({ category: category ?? '', currency, sumMinor: amountMinor, count: 1 }));
    },
  };
}
