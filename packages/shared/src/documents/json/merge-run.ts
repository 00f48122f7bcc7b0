import type { Entry, IndexKey, Place } from './index-key.ts';

/** Puts entries, in their order, into a block whose last entry lies behind all of them; the first one comes to lie at `from`. Every entry of
 *  the block moves at most once. `splice` makes an array of what it took out, and often a new one of what is left: several times dearer. */
export function mergeRun(block: Entry[], from: number, run: readonly Place[], key: IndexKey): void {
  let end = block.length;
  for (const { entry } of run) block.push(entry);
  for (let left = run.length - 1; left >= 0; left--) {
    const { entry, values } = run[left] as Place;
    const offset = left === 0 ? from : placeIn(block, from, end, key, values);
    for (let at = end - 1; at >= offset; at--) block[at + left + 1] = block[at] as Entry;
    block[offset + left] = entry;
    end = offset;
  }
}

/** The first place from `from` on whose entry is not below these values; `end` when there is none before it. */
function placeIn(block: readonly Entry[], from: number, end: number, key: IndexKey, values: Place['values']): number {
  if (end === from || key.compareTo(block[end - 1] as Entry, values) < 0) return end;
  let low = from;
  let high = end - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (key.compareTo(block[middle] as Entry, values) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
