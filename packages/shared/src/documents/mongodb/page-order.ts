import type { Document } from 'mongodb';
import type { Filter, FindOptions, Sort } from '../documents.ts';
import { atomsOf } from '../filter-atoms.ts';
import { never } from './query-filter.ts';

type Value = NonNullable<FindOptions['after']>[number];

/** The order asked for, made total by the id. */
export function totalOrder(sort: Sort = [['_id', 1]]): Sort {
  const direction = sort[0]?.[1] ?? 1;
  if (sort.some(([, other]) => other !== direction)) throw new Error('all directions of a sort must be alike');
  return sort.some(([field]) => field === '_id') ? sort : [...sort, ['_id', direction]];
}

export interface Place {
  readonly sort: Sort;
  readonly after?: readonly Value[] | undefined;
}
/** Without the fields that the filter holds to one value throughout, unless the page begins elsewhere. */
export function withoutFixed({ sort, after }: Place, filter: Filter): Place {
  const { atoms } = atomsOf(filter);
  const fixed = new Map(atoms.flatMap(({ path, operator, operand }) => (operator === '$eq' && path !== '_id' ? [[path, operand]] : [])));
  const isOpen = sort.map(([field], at) => !fixed.has(field) || (after !== undefined && (after[at] ?? null) !== fixed.get(field)));
  return { sort: sort.filter((_, at) => isOpen[at]), ...(after && { after: after.filter((_, at) => isOpen[at] ?? true) }) };
}

/** What lies behind a document with these values of the sort fields, as conditions that part it in the order of the sort. The first is one
 *  range of the first field, so that an index is entered where the page begins; few pages need the second. */
export function partsBehind(sort: Sort, after: readonly Value[]): Document[] {
  const [[field, direction] = ['_id', 1 as const], ...rest] = sort;
  const value = after[0] ?? null;
  const strict = beyond(value, direction);
  if (field === '_id') return strict.map((condition) => ({ _id: condition }));
  const here = rest.length === 0 ? [] : [{ $and: [{ [field]: value }, behind(rest, after.slice(1))] }];
  const first = { [field]: upTo(value, direction), $or: [...strict.map((condition) => ({ [field]: condition })), ...here] };
  const others = otherTypes(value, direction).map((condition) => ({ [field]: condition }));
  return [...(first.$or.length > 0 ? [first] : []), ...(others.length > 0 ? [{ $or: others }] : [])];
}

function behind(sort: Sort, after: readonly Value[]): Document {
  const parts = partsBehind(sort, after);
  return parts.length === 0 ? never : { $or: parts };
}

/** In the order in which they sort; a sort goes through all of them, while a comparison sees its own only. */
const types = [
  { holds: (value: Value) => value === null, condition: { $eq: null } },
  { holds: (value: Value) => typeof value === 'number', condition: { $gte: -Infinity } },
  { holds: (value: Value) => typeof value === 'string', condition: { $gte: '' } },
  { holds: (value: Value) => typeof value === 'boolean', condition: { $in: [false, true] } },
];

function otherTypes(value: Value, direction: 1 | -1): Document[] {
  const rank = types.findIndex(({ holds }) => holds(value));
  return (direction > 0 ? types.slice(rank + 1) : types.slice(0, rank).toReversed()).map(({ condition }) => condition);
}

/** What sorts behind `value` among its own type; at most one condition. */
function beyond(value: Value, direction: 1 | -1): Document[] {
  if (value === null) return [];
  if (typeof value === 'boolean') return value === direction > 0 ? [] : [{ $eq: !value }];
  return [direction > 0 ? { $gt: value } : { $lt: value }];
}

/** The value itself, and what sorts behind it among its own type. */
function upTo(value: Value, direction: 1 | -1): Document {
  if (value === null) return { $eq: null };
  if (typeof value === 'boolean') return { $in: [value, ...(value === direction > 0 ? [] : [!value])] };
  return direction > 0 ? { $gte: value } : { $lte: value };
}
