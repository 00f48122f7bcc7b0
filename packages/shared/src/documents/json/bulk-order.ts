import type { Entry, IndexKey } from './index-key.ts';
import type { Row } from './rows.ts';
import type { Scalar } from '../values.ts';
import { comparePlainValues, compareValues, isWide } from '../values.ts';

/** A column's values as places in their order: equal values have equal ranks. */
interface Ranks {
  readonly ranks: Uint32Array;
  readonly distinct: number;
}
/** Stands for every object: an index only knows that it is there. */
const ANY_OBJECT = {};

/** Rows that are about to be indexed, in ascending order of their ids. Ranks are worked out once per field, whatever the number of indexes. */
export class Load {
  readonly rows: readonly Row[];
  readonly #columns = new Map<string, Ranks>();

  constructor(rows: readonly Row[]) {
    this.rows = rows;
  }
  ranksOf(field: string, read: (row: Row) => Scalar): Ranks {
    const known = this.#columns.get(field);
    if (known) return known;
    const ranks = rank(this.rows.map(read));
    this.#columns.set(field, ranks);
    return ranks;
  }
}

/** The entries of many rows in an index's order. Sorting a million rows by comparing them takes seconds for each index; here every
 *  column is turned into ranks of its distinct values, the ranks into one number, and numbers are sorted natively. */
export function sortedForIndex(key: IndexKey, load: Load): Entry[] {
  const whole = key.arrayField < 0 && !key.sparse;
  const entries: Entry[] = whole ? load.rows.slice() : load.rows.flatMap((row) => key.entriesOf(row));
  const weights = weigh(key, entries, whole ? load : null);
  if (!weights) return entries.toSorted((a, b) => key.compare(a, b));
  if (isAscending(weights)) return entries;
  weights.sort();
  const count = entries.length;
  return Array.from(weights, (weight) => entries[weight % count] as Entry);
}

/** One number per entry that sorts as its key does and tells, modulo the count, which entry it was; null when that would not be exact. */
function weigh(key: IndexKey, entries: readonly Entry[], load: Load | null): Float64Array | null {
  const count = entries.length;
  const idField = key.fields.indexOf('_id');
  if (key.arrayField > idField) return null;
  const weights = new Float64Array(count);
  let spread = Math.max(count, 1);
  for (let field = 0; field < idField; field++) {
    const { ranks, distinct } = load
      ? load.ranksOf(key.fields[field] ?? '', (row) => key.valueOf(row, field))
      : rank(entries.map((entry) => key.valueOf(entry, field)));
    spread *= distinct;
    if (spread > Number.MAX_SAFE_INTEGER) return null;
    for (let at = 0; at < count; at++) weights[at] = (weights[at] as number) * distinct + (ranks[at] as number);
  }
  for (let at = 0; at < count; at++) weights[at] = (weights[at] as number) * count + at;
  return weights;
}

function rank(values: readonly Scalar[]): Ranks {
  const ordinals = new Map<Scalar, number>();
  const ranks = new Uint32Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const value = plainOf(values[at]);
    let ordinal = ordinals.get(value);
    if (ordinal === undefined) ordinals.set(value, (ordinal = ordinals.size));
    ranks[at] = ordinal;
  }
  const sorted = sortedValues([...ordinals.keys()]);
  const places = new Uint32Array(sorted.length);
  for (const [place, value] of sorted.entries()) places[ordinals.get(value) ?? 0] = place;
  for (let at = 0; at < ranks.length; at++) ranks[at] = places[ranks[at] as number] as number;
  return { ranks, distinct: Math.max(sorted.length, 1) };
}

function plainOf(value: Scalar): Scalar {
  if (value === undefined) return null;
  return typeof value === 'object' && value !== null ? ANY_OBJECT : value;
}

function sortedValues(values: Scalar[]): Scalar[] {
  const wide = values.some((value) => typeof value === 'string' && isWide(value));
  return values.sort(wide ? compareValues : comparePlainValues);
}

function isAscending(weights: Float64Array): boolean {
  for (let at = 1; at < weights.length; at++) if ((weights[at] as number) < (weights[at - 1] as number)) return false;
  return true;
}
