import type { Collection, Filter } from 'mongodb';
import type { Index } from '../documents.ts';
import type { Stored } from './stored-form.ts';

/** For a server that says no more than that some key is taken: looks for the document that has it. */
export async function findTakenIndex(collection: Collection<Stored>, doc: Stored, indexes: readonly Index[]): Promise<string> {
  for (const { name, fields, unique } of indexes) {
    if (!unique) continue;
    const key = Object.fromEntries(fields.map((field) => [field, conditionFor(valueAt(doc, field))]));
    const holder = await collection.findOne({ ...key, _id: { $ne: doc._id } } as Filter<Stored>, { projection: { _id: 1 } });
    if (holder) return name;
  }
  return '_id';
}

const conditionFor = (value: unknown): unknown => (Array.isArray(value) ? { $in: value } : { $eq: value ?? null });

function valueAt(doc: object, path: string): unknown {
  let value: unknown = doc;
  for (const name of path.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return value;
}
