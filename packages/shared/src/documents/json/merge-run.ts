import type { Entry, IndexKey, Place } from './index-key.ts';
import { sharedFields } from './index-key.ts';

/** Puts entries, in their order, into a block whose last entry, at these values, lies behind all of them; the first one comes to lie at `from`.
 *  Every entry of the block moves at most once. `splice` makes an array of what it took out, and often a new one of what is left: several
 *  times dearer. */
export function mergeRun(block: Entry[], from: number, run: readonly Place[], last: Place['values'], key: IndexKey): void {
  const shared = sharedFields((run[0] as Place).values, last);
  let end = block.length;
  for (const { entry } of run) block.push(entry);
  for (let left = run.length - 1; left >= 0; left--) {
    const { entry, values } = run[left] as Place;
    const offset = left === 0 ? from : placeIn(block, from, end, (at) => key.compareTo(at, values, shared));
    for (let at = end - 1; at >= offset; at--) block[at + left + 1] = block[at] as Entry;
    block[offset + left] = entry;
    end = offset;
  }
}

/** The first place from `from` on whose entry is not below what it is compared with; `end` when there is none before it. */
function placeIn(block: readonly Entry[], from: number, end: number, compare: (entry: Entry) => number): number {
  if (end === from || compare(block[end - 1] as Entry) < 0) return end;
  let low = from;
  let high = end - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(block[middle] as Entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
