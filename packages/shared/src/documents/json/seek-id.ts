import type { Position } from './ordered-index.ts';
import type { Row } from './rows.ts';

/** The first place in the blocks of an index of ids whose entry is not below this id: nothing is done here but compare strings, for it is asked
 *  several times for every write. Only where the order of code units is right.
 *  @param lasts the id of the last entry of each block */
export function seekId(blocks: readonly (readonly Row[])[], lasts: readonly (readonly string[])[], id: string): Position {
  const count = lasts.length;
  // new ones mostly come behind all others
  if (count === 0 || (lasts[count - 1] as readonly string[])[0]! < id) return { block: count, offset: 0 };
  let low = 0;
  for (let high = count - 1; low < high;) {
    const middle = (low + high) >>> 1;
    if ((lasts[middle] as readonly string[])[0]! < id) low = middle + 1;
    else high = middle;
  }
  const block = blocks[low] as readonly Row[];
  let offset = 0;
  for (let end = block.length - 1; offset < end;) {
    const middle = (offset + end) >>> 1;
    if ((block[middle] as Row)._id < id) offset = middle + 1;
    else end = middle;
  }
  return { block: low, offset };
}
