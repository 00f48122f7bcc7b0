import { visibleOf } from '@commonpurse/shared/access';
import { type RecordView, recordView } from '@commonpurse/shared/contracts';
import type { Filter } from '@commonpurse/shared/documents';
import { type Caller, listPage, type ListQuery, type Page, parseOrRefuse, readStrictJson, Refusal } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { RecordsStore } from '../store.ts';
import { recordStateOf } from './record.ts';
import { Filters, type RecordChoice, recordFilter, recordSort, type SortName } from './record-filter.ts';

export interface RecordsQuery extends Omit<RecordChoice, 'filters'>, ListQuery {
  /** JSON, as it came. */
  readonly filters?: string | undefined;
  readonly owner?: string | undefined;
  readonly sort: SortName;
}

interface ListDeps {
  readonly store: RecordsStore;
  readonly installationKey: Buffer;
}

/** A page of the living records that the caller may see and chose. Refuses: 400, 404 for an owner who shares nothing with the caller.
 *  @param signal aborted when the caller has gone: a search through all of somebody's records would go on in front of their next one */
export function listRecords(
  { store, installationKey }: ListDeps,
  caller: Caller,
  query: RecordsQuery,
  signal?: AbortSignal,
): Promise<Page<RecordView>> {
  const { limit: _limit, cursor: _cursor, count: _count, sort, owner: _owner, ...chosen } = query;
  const filter = recordFilter({ ...chosen, filters: readFilters(query.filters) });
  return listPage({
    documents: store.records,
    filter: () => visibleRecords(caller, query.owner, filter),
    sort: recordSort(sort),
    query,
    scope: { installationKey, userId: caller.userId, route: '/records', sort, filter: { ...chosen, owner: query.owner } },
    render: (record) => recordView(recordStateOf(record)),
    signal,
  });
}

/** The living ones of what was chosen that `?owner=` asks for and the caller may see. */
const visibleRecords = (caller: Caller, owner: string | undefined, chosen: Filter): Filter => ({
  ...chosen,
  deletedAt: null,
  $and: [...(chosen.$and ?? []), visibleOf(caller, 'record', owner)],
});

const FiltersParameter = z.strictObject({ filters: Filters });

function readFilters(text: string | undefined): Filters | undefined {
  if (text === undefined) return undefined;
  const read = readStrictJson(text, 'The filters are not JSON');
  if ('value' in read) return parseOrRefuse(FiltersParameter, { filters: read.value }).filters;
  const error = { ...read.error, path: `/filters${read.error.path}` };
  throw new Refusal('validation-failed', error.message, { errors: [error] });
}
