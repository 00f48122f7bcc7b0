import { type Documents, DuplicateKey, StaleVersion } from '@commonpurse/shared/documents';
import { cappedMinor } from '../progress/spending.ts';
import { type DayKey, dayKeyId, distinctKeys } from './day-key.ts';
import { type Added, agrees, type DayTotal, nextTotal } from './day-total.ts';
import { drawFirstVersion } from '../draw-first-version.ts';
import type { MirroredRecord } from './mirrored-record.ts';

export interface StoredTotals {
  readonly mirror: Documents<MirroredRecord>;
  readonly totals: Documents<DayTotal>;
}
/** Totals as they were read before, by id; null: there was none. */
export type ReadTotals = ReadonlyMap<string, DayTotal | null>;

/** The totals of these keys as they are now. */
export async function readTotals({ totals }: Pick<StoredTotals, 'totals'>, keys: Iterable<DayKey>): Promise<ReadTotals> {
  const ids = distinctKeys(keys).map(dayKeyId);
  const read = new Map<string, DayTotal | null>(ids.map((id) => [id, null]));
  for (const total of await totals.getMany(ids)) read.set(total._id, total);
  return read;
}

/** Computes these day totals anew; resolves once each was added up from the mirror as it was at some moment after the call.
 *  @param read what was read of them before the call, at any time: a total that was written since is read again */
export async function recomputeTotals(stored: StoredTotals, keys: Iterable<DayKey>, read: ReadTotals = new Map()): Promise<void> {
  await Promise.all(distinctKeys(keys).map((key) => recompute(stored, key, read.get(dayKeyId(key)))));
}

/** Has the total, adds up the mirror, compare-and-sets, also where it says the same; all over again where another was faster.
 *
 *  Why it ends at the truth, whoever else recomputes the same total, in this process or another: a total is read before the mirror is added
 *  up, and written only where nobody has written in between. So of two writes the later one has added up after the earlier one was there.
 *  Every handler writes, after its own write to the mirror; so the last write of all has added up after all of these. That is why a total
 *  that says the same is written, too: whoever had added up before, and is late, must not find the version that it has read. A handler
 *  that dies before it has written leaves its event unacknowledged, which comes again. */
async function recompute(stored: StoredTotals, key: DayKey, read: DayTotal | null | undefined): Promise<void> {
  let current = read === undefined ? await stored.totals.get(dayKeyId(key)) : read;
  while (!(await write(stored.totals, current, nextTotal(current ?? drawFirstVersion(), key, await addUp(stored.mirror, key))))) {
    current = await stored.totals.get(dayKeyId(key));
  }
}

/** Those of these keys whose total is not what the mirror says now. */
export async function outdated({ mirror, totals }: StoredTotals, keys: Iterable<DayKey>): Promise<DayKey[]> {
  const found = distinctKeys(keys).map(async (key) => {
    const current = await totals.get(dayKeyId(key));
    return agrees(current, await addUp(mirror, key)) ? [] : [key];
  });
  return (await Promise.all(found)).flat();
}

async function addUp(mirror: Documents<MirroredRecord>, key: DayKey): Promise<Added> {
  const [added] = await mirror.sum({ key: dayKeyId(key) }, { by: [], of: 'amountMinor' });
  return { sumMinor: cappedMinor(added?.sum ?? 0), records: added?.count ?? 0 };
}

/** False when another was faster. */
async function write(totals: Documents<DayTotal>, current: DayTotal | null, next: Parameters<typeof totals.insert>[0]): Promise<boolean> {
  try {
    await (current === null ? totals.insert(next) : totals.replace(next, current.version));
    return true;
  } catch (error) {
    if (error instanceof DuplicateKey || error instanceof StaleVersion) return false;
    throw error;
  }
}
