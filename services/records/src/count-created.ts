import type { Documents } from '@commonpurse/shared/documents';
import type { DailyCounts } from '@commonpurse/shared/service';
import type { RecordDoc } from './entries/record.ts';

/** The collection, counting what is created in it by type: a record that was there already, from a retry or an import that goes on, is not. */
export function countingCreated(records: Documents<RecordDoc>, counts: Pick<DailyCounts, 'count'>): Documents<RecordDoc> {
  const created = ({ type }: Pick<RecordDoc, 'type'>, by = 1): void => counts.count(`created-${type}`, by);
  const insert: Documents<RecordDoc>['insert'] = async (doc, entries) => {
    const inserted = await records.insert(doc, entries);
    created(inserted);
    return inserted;
  };
  const insertMany: Documents<RecordDoc>['insertMany'] = async (docs) => {
    const result = await records.insertMany(docs);
    const refused = new Set(result.duplicates.map(({ index }) => index));
    const byType = Object.groupBy(
      docs.filter((_, index) => !refused.has(index)),
      ({ type }) => type,
    );
    for (const ofType of Object.values(byType)) created(ofType[0]!, ofType.length);
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
