import { onWhoseBehalf } from '../on-behalf-of.ts';
import { TimeSlice } from '../time-slice.ts';

/** Sorting more than this at once would be felt by others. */
const CHUNK = 4096;

/** The first `limit` items in order. Large sets are sorted in chunks and merged, with rests in between, so that nobody waits for it. */
export async function sortSliced<T>(items: T[], compare: (a: T, b: T) => number, limit: number): Promise<T[]> {
  const slice = new TimeSlice(onWhoseBehalf());
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += CHUNK) {
    runs.push(
      items
        .slice(at, at + CHUNK)
        .sort(compare)
        .slice(0, Math.min(limit, CHUNK)),
    );
    if (items.length > CHUNK) await slice.rest();
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], { compare, limit, slice }));
    runs = merged;
  }
  return runs[0] ?? [];
}

interface MergeRules<T> {
  readonly limit: number;
  readonly slice: TimeSlice;
  compare(a: T, b: T): number;
}
async function merge<T>(a: T[], b: T[], { compare, limit, slice }: MergeRules<T>): Promise<T[]> {
  const merged: T[] = [];
  let left = 0;
  let right = 0;
  while (merged.length < limit && (left < a.length || right < b.length)) {
    const fromLeft = right >= b.length || (left < a.length && compare(a[left] as T, b[right] as T) <= 0);
    merged.push((fromLeft ? a[left++] : b[right++]) as T);
    if (slice.isOver()) await slice.rest();
  }
  return merged;
}
