import type { Entry, IndexKey } from './index-key.ts';
import { type Ranks, rankStrings } from './rank-strings.ts';
import type { Row } from './rows.ts';
import type { Scalar } from '../values.ts';
import { comparePlainValues, compareValues, isWide } from '../values.ts';

/** After so many different values it is clear whether a column's repeat. */
const TRIAL = 16 * 1024;
/** Stands for every object: an index only knows that it is there. */
const ANY_OBJECT = {};

/** Rows that are about to be indexed, in ascending order of their ids. Each field is read and ranked once, whatever the number of indexes. */
export class Load {
  readonly rows: readonly Row[];
  readonly #columns = new Map<string, Ranks | null>();

  constructor(rows: readonly Row[]) {
    this.rows = rows;
  }
  /** Null: some of its values are arrays. */
  ranksOf(field: string, read: (row: Row) => Scalar): Ranks | null {
    let ranks = this.#columns.get(field);
    if (ranks === undefined) this.#columns.set(field, (ranks = rank(this.rows, read)));
    return ranks;
  }
  /** Those that this index does not leave out. */
  includedIn(key: IndexKey): Load {
    if (!key.sparse) return this;
    const included = this.rows.filter((row) => key.firstOf(row) !== undefined);
    return included.length === this.rows.length ? this : new Load(included);
  }
}

/** The entries in an index's order of many rows that it includes. Sorting a million rows by comparing them takes seconds for each index; here every
 *  column is turned into ranks of its distinct values, and the rows, which are in the order of their ids, are dealt out by the ranks of the last
 *  field, then by those of the one before it, up to the first. */
export function sortedForIndex(key: IndexKey, load: Load): Entry[] {
  const plain = key.arrayField < 0;
  const entries: Entry[] = plain ? load.rows.slice() : load.rows.flatMap((row) => key.entriesOf(row));
  const columns = columnsOf(key, entries, plain ? load : null);
  if (!columns) return entries.toSorted((a, b) => key.compare(a, b));
  let order: Uint32Array | null = null;
  for (const column of columns.toReversed()) order = dealtOut(column, order);
  if (!order) return entries;
  // as long as it will be: one that grows leaves several times its length behind
  const sorted = entries.slice();
  for (let at = 0; at < sorted.length; at++) sorted[at] = entries[order[at] as number] as Entry;
  return sorted;
}

/** The ranks of every field before the id; null where the id does not come last, or a field holds arrays. */
function columnsOf(key: IndexKey, entries: readonly Entry[], load: Load | null): Ranks[] | null {
  const idField = key.fields.indexOf('_id');
  if (key.arrayField > idField) return null;
  const columns: Ranks[] = [];
  for (let field = 0; field < idField; field++) {
    const column = load
      ? load.ranksOf(key.fields[field] ?? '', (row) => key.valueOf(row, field))
      : rank(entries, (entry) => key.valueOf(entry, field));
    if (!column) return null;
    columns.push(column);
  }
  return columns;
}

/** Positions in the order of their ranks, equal ones in the order they had (null: as they are counted). Null: that is in order already. */
function dealtOut({ ranks, distinct }: Ranks, order: Uint32Array | null): Uint32Array | null {
  if (distinct === 1 || (!order && isAscending(ranks))) return order;
  const count = ranks.length;
  const begins = new Uint32Array(distinct + 1);
  for (let at = 0; at < count; at++) {
    const behind = (ranks[at] as number) + 1;
    begins[behind] = (begins[behind] as number) + 1;
  }
  for (let place = 1; place < distinct; place++) begins[place] = (begins[place] as number) + (begins[place - 1] as number);
  const next = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    const position = order ? (order[at] as number) : at;
    const to = ranks[position] as number;
    const place = begins[to] as number;
    next[place] = position;
    begins[to] = place + 1;
  }
  return next;
}

/** Each different value is looked for once. Where hardly one comes again, that is nearly all of them, and they are sorted as they are. */
function rank<T>(from: readonly T[], read: (one: T) => Scalar): Ranks | null {
  const ordinals = new Map<Scalar, number>();
  const ranks = new Uint32Array(from.length);
  let last: Scalar = ANY_OBJECT;
  let ordinal: number | undefined = undefined;
  let isTried = false;
  for (let at = 0; at < ranks.length; at++) {
    const value = read(from[at] as T);
    if (ordinal === undefined || value !== last) {
      if (Array.isArray(value)) return null;
      last = value;
      const plain = plainOf(value);
      ordinal = ordinals.get(plain);
      if (ordinal === undefined) ordinals.set(plain, (ordinal = ordinals.size));
    }
    ranks[at] = ordinal;
    if (isTried || ordinals.size < TRIAL || ordinals.size * 2 < at) continue;
    isTried = true;
    const sorted = rankStrings(from.map(read));
    if (sorted) return sorted;
  }
  const places = placesOf([...ordinals.keys()]);
  for (let at = 0; at < ranks.length; at++) ranks[at] = places[ranks[at] as number] as number;
  return { ranks, distinct: Math.max(places.length, 1) };
}

function plainOf(value: Scalar): Scalar {
  if (value === undefined) return null;
  return typeof value === 'object' && value !== null ? ANY_OBJECT : value;
}

/** Of distinct values, the place of each in their order. */
function placesOf(values: readonly Scalar[]): Uint32Array {
  const ranked = rankStrings(values);
  if (ranked) return ranked.ranks;
  const wide = values.some((value) => typeof value === 'string' && isWide(value));
  const compare = wide ? compareValues : comparePlainValues;
  const order = Uint32Array.from(values, (_, at) => at).sort((a, b) => compare(values[a], values[b]));
  const places = new Uint32Array(order.length);
  for (let place = 0; place < order.length; place++) places[order[place] as number] = place;
  return places;
}

function isAscending(ranks: Uint32Array): boolean {
  for (let at = 1; at < ranks.length; at++) if ((ranks[at] as number) < (ranks[at - 1] as number)) return false;
  return true;
}
