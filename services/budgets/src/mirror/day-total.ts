import type { Doc, Draft } from '@commonpurse/shared/documents';
import { type DayKey, dayKeyId } from './day-key.ts';

/** What an owner spent on one day in one category and currency. `_id` is `dayKeyId`. Always computed whole from the mirror. */
export interface DayTotal extends Doc, DayKey {
  readonly sumMinor: number;
  /** How many expenses that is. */
  readonly records: number;
}

/** What the mirror says of one day total. */
export interface Added {
  readonly sumMinor: number;
  readonly records: number;
}

/** Whether the total says so already; one that never was says zero. */
export const agrees = (current: DayTotal | null, { sumMinor, records }: Added): boolean =>
  (current?.sumMinor ?? 0) === sumMinor && (current?.records ?? 0) === records;

/** The total's next state, also where it says the same.
 *  @param current the total, or the version at which it begins */
export function nextTotal(current: DayTotal | number, key: DayKey, added: Added): Draft<DayTotal> {
  const { ownerId, day, category, currency } = key;
  return {
    _id: dayKeyId(key),
    version: typeof current === 'number' ? current : current.version + 1,
    ownerId,
    day,
    category,
    currency,
    ...added,
  };
}
