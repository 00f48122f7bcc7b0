import type { Row } from './rows.ts';
import { comparePlainValues, compareValues } from '../values.ts';

/** Stands where a document was removed. */
class Removed {
  readonly _id: string;
  constructor(id: string) {
    this._id = id;
  }
}
type Entry = Row | Removed;

/** The rows of a table while it is read: those of a snapshot, then what journals put over them or remove. Nothing is looked for by most of what
 *  is read, and it comes nearly in the order of the ids, so neither a map of a million ids is filled nor many are sorted. */
export class LoadedRows {
  /** Rows whose strings may order otherwise by code unit than by code point. */
  readonly wide: Row[] = [];
  /** In the order of their ids. */
  #settled: readonly Row[] = [];
  #later: Entry[] = [];
  /** Where among the later ones each id is last, as far as they were counted when one was looked for. */
  readonly #places = new Map<string, number>();
  #counted = 0;

  put(rows: readonly Row[], wide: boolean): void {
    for (const row of rows) this.#later.push(row);
    if (wide) for (const row of rows) this.wide.push(row);
  }
  remove(id: string): void {
    this.#later.push(new Removed(id));
  }
  get(id: string): Row | undefined {
    for (; this.#counted < this.#later.length; this.#counted++) this.#places.set((this.#later[this.#counted] as Entry)._id, this.#counted);
    const place = this.#places.get(id);
    if (place === undefined) return this.#settledOne(id);
    const entry = this.#later[place] as Entry;
    return entry instanceof Removed ? undefined : entry;
  }
  /** All there are by now, in the order of their ids; what comes later is put over them. */
  settle(): readonly Row[] {
    this.#settled = this.#merged(this.#lastOfEach());
    this.#later = [];
    this.#places.clear();
    this.#counted = 0;
    return this.#settled;
  }

  get #compare(): (a: string, b: string) => number {
    return this.wide.length > 0 ? compareValues : comparePlainValues;
  }
  #settledOne(id: string): Row | undefined {
    const compare = this.#compare;
    let low = 0;
    let high = this.#settled.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare((this.#settled[middle] as Row)._id, id) < 0) low = middle + 1;
      else high = middle;
    }
    const row = this.#settled[low];
    return row?._id === id ? row : undefined;
  }
  #lastOfEach(): readonly Entry[] {
    const compare = this.#compare;
    const later = this.#later;
    let at = 1;
    while (at < later.length && compare((later[at - 1] as Entry)._id, (later[at] as Entry)._id) < 0) at++;
    if (at >= later.length) return later;
    // of one document the last comes last: sorting is stable
    later.sort((a, b) => compare(a._id, b._id));
    return later.filter(({ _id }, nth) => later[nth + 1]?._id !== _id);
  }
  #merged(later: readonly Entry[]): readonly Row[] {
    const compare = this.#compare;
    const settled = this.#settled;
    // as long as it can become: one that grows leaves several times its length behind
    const merged = (settled as readonly Entry[]).concat(later) as Row[];
    let count = 0;
    let next = 0;
    for (const entry of later) {
      while (next < settled.length && compare((settled[next] as Row)._id, entry._id) < 0) merged[count++] = settled[next++] as Row;
      if (settled[next]?._id === entry._id) next++;
      if (!(entry instanceof Removed)) merged[count++] = entry;
    }
    while (next < settled.length) merged[count++] = settled[next++] as Row;
    merged.length = count;
    return merged;
  }
}
