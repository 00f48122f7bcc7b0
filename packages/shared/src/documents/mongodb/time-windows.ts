import type { Document } from 'mongodb';
import type { CollectionDeclaration, Filter } from '../documents.ts';
import { atomsOf } from '../filter-atoms.ts';
import type { Place } from './page-order.ts';

type Times = NonNullable<CollectionDeclaration['times']>;

/** A sorted list that is looked for in windows of its first field that is not the same throughout. */
export interface TimeWalk {
  readonly field: string;
  readonly direction: 1 | -1;
  readonly kind: Times[string];
  /** Nothing lies before this, as the walk goes (but what is equal does not); null: not known. */
  readonly start: string | null;
  /** Nothing lies behind this, as the walk goes. */
  readonly end: string | null;
}

/** The walk of a query; null when its order is not one of time, or goes on among those that have none. */
export function timeWalkOf(times: Times, filter: Filter, { sort, after }: Place): TimeWalk | null {
  const [field, direction] = sort[0] ?? ['_id', 1];
  const kind = Object.hasOwn(times, field) ? times[field] : undefined;
  const seen = after?.[0];
  if (kind === undefined || (after && typeof seen !== 'string')) return null;
  const { atoms } = atomsOf(filter);
  const boundBy = (...operators: string[]): string | null => {
    const bound = atoms.find((atom) => atom.path === field && operators.includes(atom.operator))?.operand;
    return typeof bound === 'string' ? bound : null;
  };
  const bounds = [boundBy('$gte', '$gt'), boundBy('$lte', '$lt')];
  const [first, end] = direction > 0 ? bounds : bounds.toReversed();
  return { field, direction, kind, start: (seen as string | undefined) ?? first ?? null, end: end ?? null };
}

const dayMs = 24 * 3_600_000;
const firstMs = { day: 32 * dayMs, instant: 60_000 } as const;
/** How much wider each window is than the one before it: that one held less than a page. */
const growth = 32;
/** What lies further away than that is old, and little. */
const widestMs = 3_660 * dayMs;
/** ISO years have four digits; beyond, strings order otherwise than time. */
const yearsMs = { first: Date.parse('0001-01-01'), last: Date.parse('9998-12-31') };

/** How exactly the beginning of a walk needs to be known. */
export const precisionOf = (kind: TimeWalk['kind']): number => firstMs[kind];

/** Conditions that part what the query matches, in the order of the walk: each document meets exactly one of them, whatever it holds.
 *  @param beginning for a walk without a start: an instant before which nothing but documents without a time lies, as the walk goes */
export function* windowsOf(walk: TimeWalk, now: number, beginning: number): Generator<Document> {
  const { field, direction, kind, start, end } = walk;
  const from = start === null ? beginning : Date.parse(start);
  let inner: Document = {};
  if (start === null && direction > 0) {
    yield { [field]: { $not: { $gte: iso(from) } } };
    inner = { $gte: iso(from) };
  }
  for (let [width, reached] = [firstMs[kind], from]; width <= widestMs; width *= growth) {
    reached += direction * width;
    if (isLast(reached, { direction, now, end })) break;
    yield { [field]: direction > 0 ? { ...inner, $lt: iso(reached) } : { ...inner, $gte: iso(reached) } };
    inner = direction > 0 ? { $gte: iso(reached) } : { $lt: iso(reached) };
  }
  yield rest(field, direction, inner);
}

/** Whether everything is left for one last window: nothing lies in the future but what was dated wrongly. Not a number: what is no time. */
function isLast(reached: number, { direction, now, end }: { direction: 1 | -1; now: number; end: string | null }): boolean {
  if (!(reached > yearsMs.first && reached < yearsMs.last)) return true;
  if (direction > 0) return reached >= now || (end !== null && iso(reached) > end);
  return end !== null && iso(reached) < end;
}

/** Those without a time come last when the walk goes back. */
function rest(field: string, direction: 1 | -1, inner: Document): Document {
  if (direction > 0 || !('$lt' in inner)) return Object.keys(inner).length === 0 ? {} : { [field]: inner };
  return { [field]: { $not: { $gte: inner['$lt'] as string } } };
}

const iso = (ms: number): string => new Date(ms).toISOString();
