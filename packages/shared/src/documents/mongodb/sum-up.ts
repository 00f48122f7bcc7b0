import type { Collection, Document, Long } from 'mongodb';
import type { Sum, SumOptions } from '../documents.ts';
import { compareValues } from '../values.ts';
import type { Stored } from './stored-form.ts';

type Key = Sum['key'][number];
interface Group {
  readonly _id: Readonly<Record<string, Key>>;
  /** Beyond the safe integers it comes as an object. */
  readonly sum: number | Long;
  readonly count: number;
}

/** Groups in the order of their keys. */
export async function sumUp(
  collection: Collection<Stored>,
  query: Document,
  { by, of, ...limits }: SumOptions & { readonly maxTimeMS: number; readonly batchSize: number },
): Promise<Sum[]> {
  const key = Object.fromEntries(by.map((path, at) => [`k${at}`, { $ifNull: [`$${path}`, null] }]));
  const stages = [{ $match: query }, { $group: { _id: key, sum: { $sum: `$${of}` }, count: { $sum: 1 } } }];
  const groups = await collection.aggregate<Group>(stages, limits).toArray();
  return groups
    .map(({ _id, sum, count }) => ({ key: by.map((_, at) => _id[`k${at}`] ?? null), sum: Number(sum), count }))
    .toSorted((a, b) => compareKeys(a.key, b.key));
}

function compareKeys(a: Sum['key'], b: Sum['key']): number {
  for (const [at, value] of a.entries()) {
    const sign = compareValues(value, b[at]);
    if (sign !== 0) return sign;
  }
  return 0;
}
