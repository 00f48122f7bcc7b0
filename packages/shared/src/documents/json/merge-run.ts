import type { Entry, IndexKey, Place } from './index-key.ts';
import { sharedFields } from './index-key.ts';

/** Puts entries, in their order, into a block whose last entry, at these values, lies behind all of them; the first one comes to lie at `from`.
 *  Every entry of the block moves at most once. `splice` makes an array of what it took out, and often a new one of what is left: several
 *  times dearer. */
export function mergeRun(block: Entry[], from: number, run: readonly Place[], last: Place['values'], key: IndexKey): void {
  const among: Among = { block, from, key, shared: sharedFields((run[0] as Place).values, last) };
  let end = block.length;
  for (const { entry } of run) block.push(entry);
  for (let left = run.length - 1; left >= 0; left--) {
    const { entry, values } = run[left] as Place;
    const offset = left === 0 ? from : placeIn(among, end, values);
    for (let at = end - 1; at >= offset; at--) block[at + left + 1] = block[at] as Entry;
    block[offset + left] = entry;
    end = offset;
  }
}

/** Entries of a block from some place on, which have some leading fields in common. */
interface Among {
  readonly block: readonly Entry[];
  readonly from: number;
  readonly key: IndexKey;
  readonly shared: number;
}

/** The first place whose entry is not below these values; `end` when there is none before it. */
function placeIn({ block, from, key, shared }: Among, end: number, values: Place['values']): number {
  if (end === from || key.compareTo(block[end - 1] as Entry, values, shared) < 0) return end;
  let low = from;
  let high = end - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (key.compareTo(block[middle] as Entry, values, shared) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
