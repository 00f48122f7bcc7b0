import { type Documents, DuplicateKey, StaleVersion, type Sum } from '@commonpurse/shared/documents';
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
  const distinct = distinctKeys(keys);
  if (distinct.length === 1) return recompute(stored, distinct[0]!, read.get(dayKeyId(distinct[0]!)));
  const batches = Array.from({ length: Math.ceil(distinct.length / togetherMax) }, (_, at) =>
    distinct.slice(at * togetherMax, (at + 1) * togetherMax),
  );
  const overtaken = (await Promise.all(batches.map((batch) => recomputeTogether(stored, batch, read)))).flat();
  await Promise.all(overtaken.map((key) => recompute(stored, key, undefined)));
}

/** So many are added up by one question and written by one command, for the store's work is by the command. */
const togetherMax = 200;

/** As `recompute`, once, for many: answers those where another may have been faster. */
async function recomputeTogether(stored: StoredTotals, keys: readonly DayKey[], read: ReadTotals): Promise<DayKey[]> {
  const readNow = await readTotals(
    stored,
    keys.filter((key) => !read.has(dayKeyId(key))),
  );
  const added = await addUpEach(stored.mirror, keys);
  const changes = keys.map((key) => {
    const id = dayKeyId(key);
    const current = read.get(id) ?? readNow.get(id) ?? null;
    return { key, current, next: nextTotal(current ?? drawFirstVersion(), key, added.get(id) ?? nothingAdded) };
  });
  const first = changes.filter(({ current }) => current === null);
  const known = changes.flatMap(({ key, current, next }) =>
    current === null ? [] : [{ key, doc: next, expectedVersion: current.version }],
  );
  const [{ duplicates }, areWritten] = await Promise.all([
    stored.totals.insertMany(first.map(({ next }) => next)),
    stored.totals.replaceMany(known),
  ]);
  return [...duplicates.map(({ index }) => first[index]!.key), ...(areWritten ? [] : known.map(({ key }) => key))];
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

const nothingAdded: Added = { sumMinor: 0, records: 0 };
const addedIn = ({ sum, count }: Sum): Added => ({ sumMinor: cappedMinor(sum), records: count });

async function addUp(mirror: Documents<MirroredRecord>, key: DayKey): Promise<Added> {
  const [added] = await mirror.sum({ key: dayKeyId(key) }, { by: [], of: 'amountMinor' });
  return added === undefined ? nothingAdded : addedIn(added);
}

/** By the total's id; what the mirror has nothing of is left out. */
async function addUpEach(mirror: Documents<MirroredRecord>, keys: readonly DayKey[]): Promise<ReadonlyMap<string, Added>> {
  const sums = await mirror.sum({ key: { $in: keys.map(dayKeyId) } }, { by: ['key'], of: 'amountMinor' });
  return new Map(sums.map((sum) => [String(sum.key[0]), addedIn(sum)]));
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
