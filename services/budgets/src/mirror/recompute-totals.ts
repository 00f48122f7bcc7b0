import { type Documents, type Sum, writeIfUnchanged } from '@commonpurse/shared/documents';
import { batchesOf } from '@commonpurse/shared/service';
import { cappedMinor } from '../progress/spending.ts';
import { type DayKey, dayKeyId, distinctKeys } from './day-key.ts';
import { type Added, agrees, type DayTotal, nextTotal } from './day-total.ts';
import { drawFirstVersion } from '../draw-first-version.ts';
import { writeTogether } from '../write-together.ts';
import type { MirroredRecord } from './mirrored-record.ts';

interface StoredTotals {
  readonly mirror: Documents<MirroredRecord>;
  readonly totals: Documents<DayTotal>;
}
/** Totals as they were read before, by id; null: there was none. */
type ReadTotals = ReadonlyMap<string, DayTotal | null>;
/** What the mirror said of totals, by id. */
export type AddedDays = ReadonlyMap<string, Added>;

/** The totals of these keys as they are now. */
export async function readTotals({ totals }: Pick<StoredTotals, 'totals'>, keys: Iterable<DayKey>): Promise<ReadTotals> {
  const ids = distinctKeys(keys).map(dayKeyId);
  const read = new Map<string, DayTotal | null>(ids.map((id) => [id, null]));
  for (const total of await totals.getMany(ids)) read.set(total._id, total);
  return read;
}

/** Those totals that can be taken to be absent without asking, since the mirror holds no more of them than was told just now. An insert finds
 *  out: it succeeds only where there was none when the mirror was added up, and that is all that reading it before would have said.
 *  @param told a key for each record that was told */
export function presumedNew(told: readonly DayKey[], added: AddedDays): ReadTotals {
  const byId = Map.groupBy(told.map(dayKeyId), (id) => id);
  const fresh = [...byId].filter(([id, each]) => (added.get(id)?.records ?? 0) <= each.length);
  return new Map(fresh.map(([id]) => [id, null]));
}

/** What the mirror says of these totals now, by id. */
export async function addUpDays({ mirror }: Pick<StoredTotals, 'mirror'>, keys: Iterable<DayKey>): Promise<AddedDays> {
  const added = await Promise.all(batchesOf(distinctKeys(keys), togetherMax).map(async (batch) => [...(await addUpEach(mirror, batch))]));
  return new Map(added.flat());
}

/** Totals as they were read before the call, at any time, or `presumedNew`, and what the mirror said of them after that: one that was written
 *  since, or is not read, is read and added up again. */
interface AheadOfTotals {
  readonly read: ReadTotals;
  readonly added: AddedDays;
}

/** Computes these day totals anew; resolves once each was added up from the mirror as it was at some moment after the call, or where `ahead`
 *  says so. */
export async function recomputeTotals(stored: StoredTotals, keys: Iterable<DayKey>, ahead?: AheadOfTotals): Promise<void> {
  const distinct = distinctKeys(keys);
  if (distinct.length === 1) return recompute(stored, distinct[0]!, ahead);
  for (const batches of batchesOf(batchesOf(distinct, togetherMax), batchesMax)) {
    const overtaken = (await Promise.all(batches.map((batch) => recomputeTogether(stored, batch, ahead)))).flat();
    await Promise.all(overtaken.map((key) => recompute(stored, key, undefined)));
  }
}

/** So many are added up by one question and written by one command, for the store's work is by the command. */
const togetherMax = 200;
/** So many batches at a time: an import touches thousands of totals, and everybody else gets in between while these are written. */
const batchesMax = 4;

/** As `recompute`, once, for many: answers those where another may have been faster. */
async function recomputeTogether(stored: StoredTotals, keys: readonly DayKey[], ahead?: AheadOfTotals): Promise<DayKey[]> {
  const unknown = keys.filter((key) => !ahead?.read.has(dayKeyId(key)) || !ahead.added.has(dayKeyId(key)));
  const readNow = await readTotals(stored, unknown);
  const addedNow = await addUpEach(stored.mirror, unknown);
  const changes = keys.map((key) => {
    const id = dayKeyId(key);
    const from = readNow.has(id) ? { read: readNow, added: addedNow } : ahead!;
    const current = from.read.get(id) ?? null;
    return { key, current, next: nextTotal(current ?? drawFirstVersion(), key, from.added.get(id)!) };
  });
  return (await writeTogether(stored.totals, changes)).map(({ key }) => key);
}

/** Has the total, adds up the mirror, compare-and-sets, also where it says the same; all over again where another was faster.
 *
 *  Why it ends at the truth, whoever else recomputes the same total, in this process or another: a total is read before the mirror is added
 *  up, and written only where nobody has written in between. So of two writes the later one has added up after the earlier one was there.
 *  Every handler writes, after its own write to the mirror; so the last write of all has added up after all of these. That is why a total
 *  that says the same is written, too: whoever had added up before, and is late, must not find the version that it has read. A handler
 *  that dies before it has written leaves its event unacknowledged, which comes again. */
async function recompute(stored: StoredTotals, key: DayKey, ahead: AheadOfTotals | undefined): Promise<void> {
  const id = dayKeyId(key);
  let [current, added] = [ahead?.read.get(id), ahead?.added.get(id)];
  for (;;) {
    if (current === undefined || added === undefined) {
      current = await stored.totals.get(id);
      added = await addUp(stored.mirror, key);
    }
    if ((await writeIfUnchanged(stored.totals, current, nextTotal(current ?? drawFirstVersion(), key, added))) !== null) return;
    current = undefined;
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

/** Of each of them, by the total's id. */
async function addUpEach(mirror: Documents<MirroredRecord>, keys: readonly DayKey[]): Promise<ReadonlyMap<string, Added>> {
  const ids = keys.map(dayKeyId);
  if (keys.length <= 1) return new Map(await Promise.all(keys.map(async (key) => [dayKeyId(key), await addUp(mirror, key)] as const)));
  const sums = await mirror.sum({ key: { $in: ids } }, { by: ['key'], of: 'amountMinor' });
  const found = new Map(sums.map((sum) => [String(sum.key[0]), addedIn(sum)]));
  return new Map(ids.map((id) => [id, found.get(id) ?? nothingAdded]));
}
