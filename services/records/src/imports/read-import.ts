import { demandAccess, visibleOf } from '@commonpurse/shared/access';
import type { ImportListItem, ImportView } from '@commonpurse/shared/contracts';
import { type Caller, listPage, type ListQuery, notFound, type Page } from '@commonpurse/shared/http';
import type { RecordsStore } from '../store.ts';
import { type ImportDoc, importResource } from './import-job.ts';
import { importListItem, importView } from './import-view.ts';

/** An import that the caller may see, or 404. */
export async function findImport({ imports }: Pick<RecordsStore, 'imports'>, caller: Caller, id: string): Promise<ImportDoc> {
  const job = await imports.get(id);
  if (job === null) throw notFound();
  demandAccess(caller, importResource(job), 'view');
  return job;
}

/** What its file's reading has found comes first, so a job that was read is never shown without it. */
export async function viewImport({ importReports }: Pick<RecordsStore, 'importReports'>, job: ImportDoc): Promise<ImportView> {
  return importView(job, job.plan === null ? null : await importReports.get(job._id));
}

/** The caller's imports, newest first. */
export const listImports = (
  { store, installationKey }: { readonly store: RecordsStore; readonly installationKey: Buffer },
  caller: Caller,
  query: ListQuery,
): Promise<Page<ImportListItem>> =>
  listPage({
    documents: store.imports,
    filter: () => visibleOf(caller, 'import', undefined),
    sort: [
      ['createdAt', -1],
      ['_id', -1],
    ],
    query,
    scope: { installationKey, userId: caller.userId, route: '/records/imports', sort: '-createdAt', filter: {} },
    render: importListItem,
  });
