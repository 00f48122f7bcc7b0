import type { Sort } from '../documents.ts';
import type { Access, Range } from './index-ranges.ts';
import type { Reader, Row } from './rows.ts';
import type { Scalar } from '../values.ts';
import { compareValues } from '../values.ts';

export type Comparator = (a: Row, b: Row) => number;

/** The order asked for; all directions alike. */
export interface Order {
  readonly fields: readonly string[];
  readonly direction: 1 | -1;
  /** Compares rows, ties by id, so that the order is always total; good until the next rest, for a write may bring values that ask for a more
   *  exact comparison. */
  comparator(): Comparator;
  /** Whether a row lies behind these values of the sort fields. */
  isBehind(row: Row, after: readonly Scalar[]): boolean;
}

/** @param comparison as exact as the values of these fields, and ids, ask for at this moment */
export function orderOf(sort: Sort, readerFor: (path: string) => Reader, comparison = () => compareValues): Order {
  const direction = sort[0]?.[1] ?? 1;
  if (sort.some(([, other]) => other !== direction)) throw new Error('all directions of a sort must be alike');
  const fields = sort.map(([field]) => field);
  const readers = fields.map(readerFor);
  const comparator = (): Comparator => {
    const compare = comparison();
    return (a, b) => {
      for (const read of readers) {
        const value = read(a) as Scalar;
        const sign = compare(value, read(b) as Scalar);
        if (sign !== 0) return sign * direction;
        // Each is like every other to a comparison: what was asked for is no order at all.
        if (typeof value === 'object' && value !== null) throw new Error(`lists and objects have no order: ${fields.join(', ')}`);
      }
      return compare(a._id, b._id) * direction;
    };
  };
  const isBehind = (row: Row, after: readonly Scalar[]): boolean => {
    for (const [at, read] of readers.entries()) {
      const sign = compareValues(read(row) as Scalar, after[at]) * direction;
      if (sign !== 0) return sign > 0;
    }
    return false;
  };
  return { fields, direction, comparator, isBehind };
}

/** Whether walking each range of this index meets rows in this order. */
export function serves(access: Access, order: Order): boolean {
  const { fields, arrayField } = access.index.key;
  const fixed = fields.slice(0, access.fixed);
  let position = 0;
  for (const field of order.fields) {
    while (position < access.fixed && fields[position] !== field) position++;
    if (fields[position] === field && (position < access.fixed || position !== arrayField)) position++;
    else if (!fixed.includes(field)) return false;
  }
  return true;
}

/** Where the part of a range begins that lies behind the last document seen. */
export type Behind = 'all' | 'none' | { readonly values: readonly Scalar[]; readonly behind: boolean };

/** Only for an access that serves the order. */
export function partBehind(access: Access, range: Range, order: Order, after: readonly Scalar[]): Behind {
  const { fields } = access.index.key;
  const values: Scalar[] = range.low.slice(0, access.fixed);
  let equalIncluded = false;
  for (const [at, field] of order.fields.entries()) {
    const position = fields.indexOf(field);
    if (position >= access.fixed) {
      values.push(after[at]);
      continue;
    }
    const sign = compareValues(range.low[position], after[at]) * order.direction;
    if (sign === 0) continue;
    equalIncluded = sign > 0;
    break;
  }
  if (values.length === access.fixed) return equalIncluded ? 'all' : 'none';
  return { values, behind: order.direction > 0 ? !equalIncluded : equalIncluded };
}
