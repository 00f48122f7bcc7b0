import type { Atom } from '../filter-atoms.ts';
import type { OrderedIndex } from './ordered-index.ts';
import type { Scalar } from '../values.ts';
import { behindPrefix, compareValues, numbersBegin, numbersEnd, stringsEnd } from '../values.ts';

/** A stretch of an index: from the first entry at (or behind) the low values up to the first at (or behind) the high ones. */
export interface Range {
  readonly low: readonly Scalar[];
  readonly lowBehind: boolean;
  readonly high: readonly Scalar[];
  readonly highBehind: boolean;
}
/** What an index can do for the atoms of a filter. */
export interface Access {
  readonly index: OrderedIndex;
  readonly ranges: readonly Range[];
  /** The atoms that the ranges answer completely. */
  readonly consumed: readonly Atom[];
  /** How many leading fields have one value throughout each range. */
  readonly fixed: number;
  /** A row may come up more than once. */
  readonly repeats: boolean;
  /** The ids asked for, as often as they were, where the index is the one of ids: they are looked up, and there are no ranges. */
  readonly ids: readonly string[] | null;
}

/** Beyond this many ranges an `$in` is tested instead of looked up. */
const RANGES_MAX = 5000;

/** Equality on leading fields, then at most one range; null when the index can't be used because it leaves out documents. */
export function accessOf(index: OrderedIndex, atoms: readonly Atom[]): Access | null {
  const { key } = index;
  const asked = key.fields.length === 1 && key.fields[0] === '_id' ? equalityOn('_id', atoms, 1) : null;
  if (asked) return { index, ranges: [], consumed: [asked], fixed: 1, repeats: false, ids: valuesOf(asked) as readonly string[] };
  const consumed: Atom[] = [];
  let prefixes: Scalar[][] = [[]];
  let fixed = 0;
  let arrayValues = 0;
  for (; fixed < key.fields.length; fixed++) {
    const atom = equalityOn(key.fields[fixed] ?? '', atoms, prefixes.length);
    if (!atom) break;
    const values = inOrder(valuesOf(atom));
    const isArray = fixed === key.arrayField;
    if (isArray) arrayValues = values.length;
    if (!isArray || !values.includes(null)) consumed.push(atom);
    prefixes = prefixes.flatMap((prefix) => values.map((value) => [...prefix, value]));
  }
  const field = key.fields[fixed];
  const bounds = field === undefined ? null : boundsOn(field, atoms, fixed === key.arrayField, consumed);
  if (key.sparse && !consumed.some((atom) => atom.path === key.fields[0] && impliesPresence(atom))) return null;
  const ranges = prefixes.map((prefix) => (bounds ? behind(prefix, bounds) : whole(prefix)));
  const repeats = key.arrayField >= 0 && !(key.arrayField < fixed && arrayValues === 1);
  return { index, ranges, consumed, fixed, repeats, ids: null };
}

function equalityOn(path: string, atoms: readonly Atom[], factor: number): Atom | null {
  let smallest: Atom | null = null;
  for (const atom of atoms) {
    if (atom.path !== path || (atom.operator !== '$eq' && atom.operator !== '$in')) continue;
    if (!smallest || countOf(atom) < countOf(smallest)) smallest = atom;
  }
  return smallest && countOf(smallest) * factor <= RANGES_MAX ? smallest : null;
}

/** How many values it allows, at most. */
const countOf = ({ operator, operand }: Atom): number => (operator === '$eq' ? 1 : (operand as readonly Scalar[]).length);

const valuesOf = ({ operator, operand }: Atom): readonly Scalar[] =>
  operator === '$eq' ? [operand as Scalar] : (operand as readonly Scalar[]);

const inOrder = (values: readonly Scalar[]): readonly Scalar[] => (values.length > 1 ? [...new Set(values)].sort(compareValues) : values);

const impliesPresence = (atom: Atom): boolean =>
  !((atom.operator === '$eq' || atom.operator === '$in') && valuesOf(atom).some((value) => value === null));

const whole = (prefix: readonly Scalar[]): Range => ({ low: prefix, lowBehind: false, high: prefix, highBehind: true });

/** Bounds of one field. */
interface Bounds {
  readonly low: Scalar;
  readonly lowBehind: boolean;
  readonly high: Scalar;
  readonly highBehind: boolean;
}
const behind = (prefix: readonly Scalar[], bounds: Bounds): Range => ({
  low: [...prefix, bounds.low],
  lowBehind: bounds.lowBehind,
  high: [...prefix, bounds.high],
  highBehind: bounds.highBehind,
});

/** Of an array only one condition narrows the range: another element may satisfy the others. */
function boundsOn(path: string, atoms: readonly Atom[], isArray: boolean, consumed: Atom[]): Bounds | null {
  let result: Bounds | null = null;
  for (const atom of atoms) {
    const bounds = atom.path === path ? boundsOf(atom) : null;
    if (!bounds || (isArray && result)) continue;
    result = result ? narrower(result, bounds) : bounds;
    consumed.push(atom);
  }
  return result;
}

function boundsOf({ operator, operand }: Atom): Bounds | null {
  const value = operand as Scalar;
  const isNumber = typeof operand === 'number';
  const begin = { low: isNumber ? numbersBegin : numbersEnd, lowBehind: false };
  const end = { high: isNumber ? numbersEnd : stringsEnd, highBehind: false };
  switch (operator) {
    case '$gt':
    case '$gte':
      return { low: value, lowBehind: operator === '$gt', ...end };
    case '$lt':
    case '$lte':
      return { ...begin, high: value, highBehind: operator === '$lte' };
    case '$prefix':
      return { low: value, lowBehind: false, high: behindPrefix(operand as string), highBehind: false };
    default:
      return null;
  }
}

function narrower(a: Bounds, b: Bounds): Bounds {
  const low = compareValues(a.low, b.low) || Number(a.lowBehind) - Number(b.lowBehind);
  const high = compareValues(a.high, b.high) || Number(a.highBehind) - Number(b.highBehind);
  const { low: lowest, lowBehind } = low >= 0 ? a : b;
  const { high: highest, highBehind } = high <= 0 ? a : b;
  return { low: lowest, lowBehind, high: highest, highBehind };
}
