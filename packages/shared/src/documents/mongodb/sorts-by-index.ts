import type { Collection, Document } from 'mongodb';
import type { Index } from '../documents.ts';

/** Whether the server walks an index where it could, instead of sorting all that a filter matches: by its own plan of such a query. One that
 *  can't tell is taken for one that does. */
export async function sortsByIndex<T extends Document>(collection: Collection<T>, { fields }: Index, field: string): Promise<boolean> {
  const before = fields.slice(0, fields.indexOf(field));
  const filter = Object.fromEntries([...before.map((name) => [name, 'x']), [field, { $gte: '' }]]) as Document;
  try {
    const plan = await collection.find(filter as never, { sort: { [field]: 1, _id: 1 }, limit: 1 }).explain('queryPlanner');
    return !hasSort(plan);
  } catch {
    return true;
  }
}

function hasSort(plan: unknown): boolean {
  if (typeof plan !== 'object' || plan === null) return false;
  return Object.entries(plan).some(([name, value]) => (name !== 'rejectedPlans' && hasSort(value)) || isSort(name, value));
}

/** MongoDB's words, and those of servers on PostgreSQL. */
const isSort = (name: string, value: unknown): boolean =>
  (name === 'stage' && value === 'SORT') || (name === 'Node Type' && (value === 'Sort' || value === 'Incremental Sort'));
