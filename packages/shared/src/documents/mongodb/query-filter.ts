import type { Document } from 'mongodb';
import type { Atom } from '../filter-atoms.ts';
import { atomsOf } from '../filter-atoms.ts';
import type { Filter } from '../documents.ts';
import { behindPrefix } from '../values.ts';

/** Holds for no document. */
export const never: Document = { _id: { $in: [] } };

/** A filter in MongoDB's language. What it means for arrays, for null and for operands of other types is MongoDB's own meaning. */
export function toMongoFilter(filter: Filter): Document {
  const { atoms, alternatives } = atomsOf(filter);
  const conditions = new Map<string, Document>();
  const others: Document[] = [];
  for (const atom of atoms) {
    const wanted = conditionOf(atom);
    const known = conditions.get(atom.path);
    if (known && Object.keys(wanted).some((operator) => operator in known)) others.push({ [atom.path]: wanted });
    else conditions.set(atom.path, { ...known, ...wanted });
  }
  for (const branches of alternatives) others.push(branches.length === 0 ? never : { $or: branches.map(toMongoFilter) });
  return { ...Object.fromEntries(conditions), ...(others.length > 0 && { $and: others }) };
}

/** Both must hold. */
export function bothOf(one: Document, other: Document): Document {
  const apart = Object.keys(one).every((name) => !(name in other));
  return apart ? { ...one, ...other } : { $and: [one, other] };
}

function conditionOf({ path, operator, operand }: Atom): Document {
  if (operator !== '$prefix' && operator !== '$contains') return { [operator]: operand };
  const text = operand as string;
  if (text === '') return { $gte: '' };
  if (operator === '$contains') return { $regex: literal(text) };
  // an id is never an array: a range of its index says the same
  const behind = path === '_id' ? behindPrefix(text) : null;
  return typeof behind === 'string' ? { $gte: text, $lt: behind } : { $regex: `^${literal(text)}` };
}

const literal = (text: string): string => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
