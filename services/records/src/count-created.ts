import type { Documents } from '@commonpurse/shared/documents';
import type { DailyCounts } from '@commonpurse/shared/service';
import type { RecordDoc } from './entries/record.ts';

/** The collection, counting what is created in it by type: a record that was there already, from a retry or an import that goes on, is not. */
export function countingCreated(records: Documents<RecordDoc>, counts: Pick<DailyCounts, 'count'>): Documents<RecordDoc> {
  const created = ({ type }: Pick<RecordDoc, 'type'>): void => counts.count(`created-${type}`);
  const insert: Documents<RecordDoc>['insert'] = async (doc, entries) => {
    const inserted = await records.insert(doc, entries);
    created(inserted);
    return inserted;
  };
  const insertMany: Documents<RecordDoc>['insertMany'] = async (docs) => {
    const result = await records.insertMany(docs);
    const refused = new Set(result.duplicates.map(({ index }) => index));
    for (const [index, doc] of docs.entries()) if (!refused.has(index)) created(doc);
    return result;
  };
  const counting: Partial<Documents<RecordDoc>> = { insert, insertMany };
  return new Proxy(records, {
    get: (target, name) => {
      const own = counting[name as keyof typeof counting];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
