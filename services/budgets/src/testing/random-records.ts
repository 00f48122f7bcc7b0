import type { RecordState } from '@commonpurse/shared/contracts';
import type { DomainEvent } from '@commonpurse/shared/messaging';
import { expense, recordChanged, recordsImported } from './told-records.ts';

/** Draws from what a seed makes. */
export interface Dice {
  below(limit: number): number;
  pick<T>(choices: readonly T[]): T;
}

export const diceOf = (random: () => number): Dice => {
  const below = (limit: number): number => Math.floor(random() * limit);
  return { below, pick: (choices) => choices[below(choices.length)]! };
};

/** Where periods begin and end, on both sides, leap days among them. */
export const telling = [
  ['2023-12-31', '2024-01-01', '2024-01-31', '2024-02-28', '2024-02-29', '2024-03-01', '2024-12-31', '2025-01-01'],
  ['2025-02-28', '2025-03-01', '2025-03-27', '2025-03-28', '2025-12-31', '2026-01-01', '2026-01-14', '2026-01-15', '2026-01-31'],
].flat();
export const categories = ['Food', 'food', 'Café', 'Rent|2', '%7C'];

/** What happens to records whose owners use them: each change, and the event that tells of it. */
export interface RandomRecords {
  /** Does something; answers a maker of each event: called late, it tells of what has come since as well, as a relay does. */
  change(): (() => DomainEvent)[];
  newest(): RecordState[];
}

/** @param write takes each state as records would store it */
export function randomRecords({ below, pick }: Dice, owners: readonly string[], write: (state: RecordState) => void): RandomRecords {
  const lives = new Map<string, RecordState[]>();
  const newest = (): RecordState[] => [...lives.values()].map((states) => states.at(-1)!);
  let chunks = 0;
  const append = (state: RecordState): RecordState => {
    lives.set(state.id, [...(lives.get(state.id) ?? []), state]);
    write(state);
    return state;
  };
  const next = (state: RecordState, facts: Partial<RecordState>): RecordState => append({ ...state, ...facts, version: state.version + 1 });
  const facts = () => ({
    date: pick(telling),
    category: pick(categories),
    amountMinor: pick([1, 50, 333, 4_999, 5_000, 8_000, 9_999_999]),
    currency: pick(['EUR', 'EUR', 'EUR', 'JPY', 'BHD']),
  });
  const changeOf = (state: RecordState) => {
    const before = lives.get(state.id)![state.version - 2] ?? null;
    return () => recordChanged(state, before, lives.get(state.id)!.at(-1));
  };
  const chunkOf = (rows: readonly RecordState[]) => {
    const chunk = (chunks += 1);
    return () =>
      recordsImported(
        rows.map(({ id }) => lives.get(id)!.at(-1)!),
        chunk,
      );
  };
  const ofAny = (isMeant: (state: RecordState) => boolean, changed: () => Partial<RecordState>) => {
    const meant = newest().filter(isMeant);
    return meant.length === 0 ? [] : [changeOf(next(pick(meant), changed()))];
  };
  const create = () => append(expense({ ownerId: pick(owners), ...facts(), type: pick(['expense', 'expense', 'expense', 'income']) }));
  const some = (): Partial<RecordState> => Object.fromEntries(Object.entries({ ...facts(), tags: ['new'] }).filter(() => below(2) === 0));
  const patch = () => ofAny(({ deleted }) => !deleted, some);
  const load = () => {
    const [importId, ownerId] = [crypto.randomUUID(), pick(owners)];
    const rows = Array.from({ length: 2 + below(6) }, () => append(expense({ ownerId, ...facts(), importId })));
    return [chunkOf(rows.slice(0, 3)), ...(rows.length > 3 ? [chunkOf(rows.slice(3))] : [])];
  };
  const revert = () => {
    const untouched = newest().filter(({ importId, version }) => importId !== null && version === 1);
    const rows = untouched.filter(({ importId }) => importId === untouched[0]?.importId);
    return rows.length === 0 ? [] : [chunkOf(rows.map((row) => next(row, { deleted: true })))];
  };
  const all = [
    () => [changeOf(create())],
    () => [changeOf(create())],
    patch,
    patch,
    () =>
      ofAny(
        ({ deleted }) => !deleted,
        () => ({ deleted: true }),
      ),
    () =>
      ofAny(
        ({ deleted }) => deleted,
        () => ({ deleted: false }),
      ),
    load,
    revert,
  ];
  return { newest, change: () => pick(all)() };
}
