import { demandAccess } from '@commonpurse/shared/access';
import { StaleVersion } from '@commonpurse/shared/documents';
import { type Caller, Refusal } from '@commonpurse/shared/http';
import { instantOf } from '@commonpurse/shared/service';
import { progressEntry } from './import-entries.ts';
import { type ImportDoc, importResource, reverting } from './import-job.ts';
import { findImport } from './read-import.ts';
import type { ImportDeps } from './start-import.ts';

interface RevertImport {
  readonly caller: Caller;
  readonly id: string;
  readonly requestId: string;
}

/** Begins to take an import back; the runner does it. Refuses: 404, 409 unless it is done and was no dry run, or was taken back by somebody who
 *  had to leave rows. */
export async function revertImport(deps: Pick<ImportDeps, 'store' | 'clock' | 'wake'>, command: RevertImport): Promise<ImportDoc> {
  const { caller, id, requestId } = command;
  for (;;) {
    const job = await findImport(deps.store, caller, id);
    demandAccess(caller, importResource(job), 'edit');
    const reason = reasonAgainst(job);
    if (reason !== null) throw new Refusal('import-not-revertible', reason);
    const at = instantOf(deps.clock);
    const by = { by: caller.userId, requestId, at };
    const draft = reverting(job, { ...by, cursor: 0 });
    try {
      const begun = await deps.store.imports.replace(draft, job.version, [progressEntry(draft, by, 'reverting')]);
      deps.wake();
      return begun;
    } catch (error) {
      if (!(error instanceof StaleVersion)) throw error;
    }
  }
}

function reasonAgainst({ status, options, revert }: ImportDoc): string | null {
  if (options.dryRun) return 'A dry run has imported nothing';
  if (status === 'done' || (status === 'reverted' && (revert?.left ?? 0) > 0)) return null;
  if (status === 'failed') return 'It has failed and imported nothing';
  return status === 'reverted' || status === 'reverting' ? 'It was taken back already' : 'It is not done yet';
}
