import type { Document } from 'mongodb';
import type { FindOptions, Sort } from '../documents.ts';

type Value = NonNullable<FindOptions['after']>[number];

/** The order asked for, made total by the id. */
export function totalOrder(sort: Sort = [['_id', 1]]): Sort {
  const direction = sort[0]?.[1] ?? 1;
  if (sort.some(([, other]) => other !== direction)) throw new Error('all directions of a sort must be alike');
  return sort.some(([field]) => field === '_id') ? sort : [...sort, ['_id', direction]];
}

/** What lies behind a document with these values of the sort fields: of every type, for a sort goes through all of them while a
 *  comparison sees its own only. */
export function behind(sort: Sort, after: readonly Value[]): Document {
  const branches = sort.slice(0, after.length).flatMap(([field, direction], at) => {
    const equal = sort.slice(0, at).map(([before], position) => ({ [before]: after[position] ?? null }));
    return beyond(field, after[at] ?? null, direction).map((condition) => ({ $and: [...equal, { [field]: condition }] }));
  });
  return branches.length === 0 ? { _id: { $in: [] } } : { $or: branches };
}

/** In the order in which they sort. */
const types = [
  { holds: (value: Value) => value === null, condition: { $eq: null } },
  { holds: (value: Value) => typeof value === 'number', condition: { $gte: -Infinity } },
  { holds: (value: Value) => typeof value === 'string', condition: { $gte: '' } },
  { holds: (value: Value) => typeof value === 'boolean', condition: { $in: [false, true] } },
];

/** Conditions of which one holds for what sorts behind `value`. */
function beyond(field: string, value: Value, direction: 1 | -1): Document[] {
  const own = ownType(value, direction);
  if (field === '_id') return own;
  const rank = types.findIndex(({ holds }) => holds(value));
  const others = direction > 0 ? types.slice(rank + 1) : types.slice(0, rank);
  return [...own, ...others.map(({ condition }) => condition)];
}

function ownType(value: Value, direction: 1 | -1): Document[] {
  if (value === null) return [];
  if (typeof value === 'boolean') return value === direction > 0 ? [] : [{ $eq: !value }];
  return [direction > 0 ? { $gt: value } : { $lt: value }];
}
