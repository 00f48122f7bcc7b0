import type { Index } from '../documents.ts';
import type { Reader, Row } from './rows.ts';
import type { Scalar } from '../values.ts';
import { comparePlainValues, compareValues, isWide } from '../values.ts';

/** One place in an index: the row itself, or, where a field holds arrays, one element of it. */
export type Entry = Row | Element;
interface Element {
  readonly row: Row;
  readonly part: Scalar;
}

/** An entry, and what places it. */
export interface Place {
  readonly entry: Entry;
  readonly values: readonly Scalar[];
}

/** What an index orders by: its fields, then the id. */
export class IndexKey {
  readonly fields: readonly string[];
  readonly sparse: boolean;
  readonly unique: boolean;
  readonly name: string;
  /** How many fields were declared. */
  readonly width: number;
  readonly #readers: readonly Reader[];
  /** Which field holds arrays; -1 as long as none did. */
  arrayField = -1;
  #compare = comparePlainValues;

  constructor(index: Index, readerFor: (path: string) => Reader) {
    this.name = index.name;
    this.width = index.fields.length;
    this.fields = index.fields.includes('_id') ? index.fields : [...index.fields, '_id'];
    this.sparse = index.sparse ?? false;
    this.unique = index.unique ?? false;
    this.#readers = this.fields.map(readerFor);
  }

  rowOf(entry: Entry): Row {
    return this.arrayField < 0 ? (entry as Row) : (entry as Element).row;
  }
  valueOf(entry: Entry, field: number): Scalar {
    if (this.arrayField < 0) return this.#readers[field]?.(entry) as Scalar;
    return field === this.arrayField ? (entry as Element).part : (this.#readers[field]?.((entry as Element).row) as Scalar);
  }
  compare(a: Entry, b: Entry): number {
    for (let field = 0; field < this.fields.length; field++) {
      const sign = this.#compare(this.valueOf(a, field), this.valueOf(b, field));
      if (sign !== 0) return sign;
    }
    return 0;
  }
  /** Compares with as many leading values as are given; 0: starts with them.
   *  @param from fields before this one are known to be the same */
  compareTo(entry: Entry, values: readonly Scalar[], from = 0): number {
    for (let field = from; field < values.length; field++) {
      const sign = this.#compare(this.valueOf(entry, field), values[field]);
      if (sign !== 0) return sign;
    }
    return 0;
  }
  compareValues(a: readonly Scalar[], b: readonly Scalar[], from = 0): number {
    for (let field = from; field < b.length; field++) {
      const sign = this.#compare(a[field], b[field]);
      if (sign !== 0) return sign;
    }
    return 0;
  }
  /** Strings are compared as they are. */
  get isPlain(): boolean {
    return this.#compare === comparePlainValues;
  }
  /** Strings of this row may order otherwise by code unit than by code point; from here on the exact comparison is used.
   *  Whatever is in the index already has no such strings, so its order stays. */
  noticeWide(row: Row): void {
    if (this.#compare === compareValues) return;
    const wide = (value: unknown): boolean => (Array.isArray(value) ? value.some(wide) : typeof value === 'string' && isWide(value));
    if (this.#readers.some((read) => wide(read(row)))) this.#compare = compareValues;
  }
  /** The value of the first field, an array whole: a sparse index leaves out a row without one. */
  firstOf(row: Row): Scalar {
    return this.#readers[0]?.(row) as Scalar;
  }
  /** The values of all fields; null when a sparse index leaves the row out. */
  read(row: Row): Scalar[] | null {
    if (this.sparse && this.firstOf(row) === undefined) return null;
    // not pushed one by one: an array that grows takes twice the memory, nine times for each row of an import
    return this.#readers.map((read) => read(row) as Scalar);
  }
  /** The values by which an entry is placed. */
  valuesOf(entry: Entry): Scalar[] {
    return this.fields.map((_, field) => this.valueOf(entry, field));
  }
  /** Adds the places that a row with these values takes. An empty array stands as absent. */
  addPlaces(places: Place[], row: Row, values: Scalar[]): void {
    const { arrayField } = this;
    if (arrayField < 0) places.push({ entry: row, values });
    else for (const part of partsOf(values[arrayField])) places.push({ entry: { row, part }, values: values.with(arrayField, part) });
  }
  placesOf(row: Row, values: Scalar[]): Place[] {
    const places: Place[] = [];
    this.addPlaces(places, row, values);
    return places;
  }
  /** The one place of a row without an array among these values. */
  entryOf(row: Row, values: readonly Scalar[]): Entry {
    return this.arrayField < 0 ? row : { row, part: values[this.arrayField] };
  }
  entriesOf(row: Row): Entry[] {
    const values = this.read(row);
    return values ? this.placesOf(row, values).map((place) => place.entry) : [];
  }
  /** The keys that no other document may have, when unique. */
  keysOf(row: Row): Scalar[][] {
    const values = this.read(row)?.slice(0, this.width);
    if (!values) return [];
    const field = values.findIndex(Array.isArray);
    const keys = field < 0 ? [values] : partsOf(values[field]).map((part) => values.with(field, part));
    return keys.map((key) => key.map((value) => value ?? null));
  }
}

/** How many leading fields are the same, of those before the last one given: whatever lies between the two has them too. */
export function sharedFields(a: readonly Scalar[], b: readonly Scalar[], before = b.length - 1): number {
  let field = 0;
  while (field < before && areSame(a[field], b[field])) field++;
  return field;
}
/** As `===`, which is dearer where it meets strings and other values at one place. */
const areSame = (a: Scalar, b: Scalar): boolean => (typeof a === 'string' && typeof b === 'string' ? a === b : a === b);

function partsOf(value: Scalar): Scalar[] {
  if (!Array.isArray(value)) return [value];
  return value.length === 0 ? [undefined] : [...new Set(value as Scalar[])];
}
