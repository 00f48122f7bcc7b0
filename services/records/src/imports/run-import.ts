import { DuplicateKey } from '@commonpurse/shared/documents';
import { checkFile } from './check-file.ts';
import { FileProblem } from './file-problem.ts';
import type { HeldImport, ImportWork } from './hold-import.ts';
import { progressEntry } from './import-entries.ts';
import { checked, failed, finished, type ImportDoc, running } from './import-job.ts';
import type { ImportReport } from './import-report.ts';
import type { Draft } from '@commonpurse/shared/documents';
import { landRows } from './land-rows.ts';
import { takeBackRows } from './take-back-rows.ts';

/** Does what is left to do of an import, from wherever it was. A file that can't be read makes it failed, with nothing imported.
 *  @throws StaleVersion when somebody else has taken over; ImportInterrupted when the service stops */
export async function runImport(work: ImportWork, held: HeldImport): Promise<void> {
  if (held.job.status === 'reverting') return takeBackRows(work, held);
  if (held.job.plan !== null) return landRows(work, held);
  if (held.job.status === 'queued') await held.save(running);
  try {
    await check(work, held);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    return failImport(held, { code: error.code, message: error.message });
  }
  if (held.job.status === 'running') await landRows(work, held);
}

export const failImport = (held: HeldImport, failure: NonNullable<ImportDoc['failure']>): Promise<void> =>
  held.save(
    (job) => failed(job, failure, held.told().at),
    (draft) => [progressEntry(draft, held.told(), 'failed', true)],
  );

async function check(work: ImportWork, held: HeldImport): Promise<void> {
  const { plan, looksForDuplicates, report, rows } = await checkFile(work, held);
  await keepReport(work, report);
  if (!held.job.options.dryRun) return held.save((job, lease) => checked(job, plan, looksForDuplicates, lease));
  await held.save(
    (job) => ({ ...finished(job, held.told().at, rows), plan }),
    (draft) => [progressEntry(draft, held.told(), 'finished', true)],
  );
}

/** The same file has the same report, so one from before a crash is as good. */
async function keepReport({ store }: ImportWork, report: Draft<ImportReport>): Promise<void> {
  try {
    await store.importReports.insert(report);
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
  }
}
