import { type Documents, DuplicateKey, StaleVersion } from '@commonpurse/shared/documents';
import { cappedMinor } from '../progress/spending.ts';
import { type DayKey, dayKeyId, distinctKeys } from './day-key.ts';
import { type DayTotal, nextTotal } from './day-total.ts';
import type { MirroredRecord } from './mirrored-record.ts';
import { createTurnstile } from './turnstile.ts';

/** Computes these day totals anew; resolves once each agrees with the mirror as it was at some moment after the call. */
export type RecomputeTotals = (keys: Iterable<DayKey>) => Promise<void>;

interface Stored {
  readonly mirror: Documents<MirroredRecord>;
  readonly totals: Documents<DayTotal>;
}

export function createRecomputeTotals(stored: Stored): RecomputeTotals {
  const turnstile = createTurnstile();
  return async (keys) => {
    await Promise.all(distinctKeys(keys).map((key) => turnstile(dayKeyId(key), () => recompute(stored, key))));
  };
}

/** Reads the total, adds up the mirror, compare-and-sets, and looks again after every write.
 *
 *  Why it ends at the truth, whoever else recomputes the same total, in this process or another: take the last write to the mirror that
 *  touches the key. Its handler recomputes after it, and ends only when it has read a total and then a sum that were equal. The total can
 *  be made wrong after that only by another recomputation that had added up before that last write; that one has written, so it looks
 *  again, sees the truth, and sets it. If it dies before, its event was not acknowledged and comes again. */
async function recompute(stored: Stored, key: DayKey): Promise<void> {
  while (!(await settle(stored, key)));
}

/** True when the total agreed without a write. */
async function settle({ mirror, totals }: Stored, key: DayKey): Promise<boolean> {
  const id = dayKeyId(key);
  const current = await totals.get(id);
  const [added] = await mirror.sum({ key: id }, { by: [], of: 'amountMinor' });
  const next = nextTotal(current, key, cappedMinor(added?.sum ?? 0), added?.count ?? 0);
  if (next === null) return true;
  try {
    await (current === null ? totals.insert(next) : totals.replace(next, current.version));
  } catch (error) {
    if (!(error instanceof DuplicateKey) && !(error instanceof StaleVersion)) throw error;
  }
  return false;
}
