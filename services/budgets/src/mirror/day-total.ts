import type { Doc, Draft } from '@commonpurse/shared/documents';
import { type DayKey, dayKeyId } from './day-key.ts';

/** What an owner spent on one day in one category and currency. `_id` is `dayKeyId`. Always computed whole from the mirror. */
export interface DayTotal extends Doc, DayKey {
  readonly sumMinor: number;
  /** How many expenses that is. */
  readonly records: number;
}

/** The total's next state; null when it says the same already (one that never was says zero). */
export function nextTotal(current: DayTotal | null, key: DayKey, sumMinor: number, records: number): Draft<DayTotal> | null {
  if ((current?.sumMinor ?? 0) === sumMinor && (current?.records ?? 0) === records) return null;
  const { ownerId, day, category, currency } = key;
  return { _id: dayKeyId(key), version: (current?.version ?? 0) + 1, ownerId, day, category, currency, sumMinor, records };
}
