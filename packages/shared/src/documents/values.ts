/** A value as filters and indexes see it; of objects only that they are there. */
export type Scalar = string | number | boolean | null | undefined | object;

/** A place between the types: behind every value of the lower ones, before every value of the higher ones. */
class Edge {
  readonly rank: number;
  constructor(rank: number) {
    this.rank = rank;
  }
}
/** Bounds of what a comparison with a number or with a string can match. */
export const numbersBegin = new Edge(0.5);
export const numbersEnd = new Edge(1.5);
export const stringsEnd = new Edge(2.5);

/** MongoDB's order of types: null (and absent) < numbers < strings < objects < booleans. */
function rankOf(value: Scalar): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number') return 1;
  if (typeof value === 'string') return 2;
  if (typeof value === 'boolean') return 4;
  return value instanceof Edge ? value.rank : 3;
}

/** Total order over values of any type; strings by code point. */
export function compareValues(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  return a === b ? 0 : compareOthers(a, b);
}

/** The same for strings of which none has a code unit from U+D800 on: there the order of code units is that of code points, and native. */
export function comparePlainValues(a: Scalar, b: Scalar): number {
  // looked at as strings first: a comparison that meets values of all types at one place is several times dearer
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : a < b ? -1 : 1;
  return a === b ? 0 : compareOthers(a, b);
}

function compareOthers(a: Scalar, b: Scalar): number {
  // never a fraction: whoever asks also asks whether it is below 1
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : 1;
  const byType = rankOf(a) - rankOf(b);
  if (byType !== 0) return byType;
  return typeof a === 'boolean' ? Number(a) - Number(b) : 0;
}

/** By code point, as the bytes of UTF-8 compare; JavaScript's own order puts U+E000..U+FFFF behind the surrogates of higher planes. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  const x = a.charCodeAt(at);
  const y = b.charCodeAt(at);
  return x >= 0xd800 && y >= 0xd800 ? liftSurrogate(x) - liftSurrogate(y) : x - y;
}
const liftSurrogate = (unit: number): number => (unit <= 0xdfff ? unit + 0x10000 : unit);

/** Whether code units and code points may disagree about the order of this string. */
export const isWide = (text: string): boolean => /[\ud800-\uffff]/.test(text);

/** The lowest string above all that start with `prefix`; the end of all strings when there is none. */
export function behindPrefix(prefix: string): Scalar {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return stringsEnd;
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
