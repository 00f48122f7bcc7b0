import { onWhoseBehalf } from '../on-behalf-of.ts';
import { TimeSlice } from '../time-slice.ts';

/** Sorting more than this at once would be felt by others. */
const CHUNK = 4096;

interface SortRules<T> {
  readonly limit: number;
  /** Aborted once nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
  compare(a: T, b: T): number;
}

/** The first `limit` items in order. Large sets are sorted in chunks and merged, with rests in between, so that nobody waits for it. */
export async function sortSliced<T>(items: T[], rules: SortRules<T>): Promise<T[]> {
  const { limit, signal } = rules;
  const slice = new TimeSlice(onWhoseBehalf());
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += CHUNK) {
    runs.push(
      items
        .slice(at, at + CHUNK)
        .sort(rules.compare)
        .slice(0, Math.min(limit, CHUNK)),
    );
    if (items.length > CHUNK) await slice.rest();
    signal?.throwIfAborted();
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], { ...rules, slice }));
    signal?.throwIfAborted();
    runs = merged;
  }
  return runs[0] ?? [];
}

interface MergeRules<T> extends SortRules<T> {
  readonly slice: TimeSlice;
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
