/** A value as filters and indexes see it; objects are only known to be there. */
export type Scalar = string | number | boolean | null | undefined | object;
/** One document, or as much of it as is kept in memory. */
export type Row = { readonly _id: string; readonly version: number; readonly [field: string]: unknown };

/** MongoDB's order of types: null (and absent) < numbers < strings < objects < booleans. */
function rank(value: Scalar): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number') return 1;
  if (typeof value === 'string') return 2;
  return typeof value === 'boolean' ? 4 : 3;
}

/** Total order over values of any type; strings by code point. */
export function compareValues(a: Scalar, b: Scalar): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const byType = rank(a) - rank(b);
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

/** Reads a dotted path; through arrays it collects what each element has there. */
export type Reader = (row: object) => unknown;

export function readerOf(path: string): Reader {
  const steps = path.split('.');
  const [first = path] = steps;
  if (steps.length === 1) return (row) => (row as Record<string, unknown>)[first];
  return (row) => readSteps(row, steps, 0);
}

function readSteps(value: unknown, steps: readonly string[], from: number): unknown {
  let current = value;
  for (let at = from; at < steps.length; at++) {
    if (current === null || typeof current !== 'object') return undefined;
    if (Array.isArray(current)) return current.flatMap((element) => readSteps(element, steps, at) ?? []);
    current = ownValue(current, steps[at] ?? '');
  }
  return current;
}

/** Never a value of the prototype: names may come from users (custom fields). */
const ownValue = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
