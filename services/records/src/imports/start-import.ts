import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Caller, createOnce, fingerprintOf, idempotentId, invalid, Refusal } from '@commonpurse/shared/http';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import { dayIn } from '../entries/calendar.ts';
import type { RecordsStore } from '../store.ts';
import { sampleOf } from './check-file.ts';
import { chooseEncoding } from './encoding.ts';
import { FileProblem, type FileProblemCode } from './file-problem.ts';
import { progressEntry } from './import-entries.ts';
import { firstStateOf, type ImportDoc, newImport, type StoredFile } from './import-job.ts';
import type { ImportOptions } from './import-options.ts';
import { removeUpload, UploadKeeper } from './keep-upload.ts';
import { planImport } from './plan.ts';
import { type ReceivedUpload, receiveUpload } from './receive-upload.ts';
import { importOptionsOf } from './schemas.ts';

export interface ImportDeps {
  readonly store: RecordsStore;
  readonly clock: Clock;
  readonly installationKey: Buffer;
  readonly maxUploadBytes: number;
  /** Tells the runner that there is something to do. */
  readonly wake: () => void;
}

export interface StartImport {
  readonly caller: Caller;
  readonly upload: IncomingMessage;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
}

/** Keeps the file and queues its import, once for each idempotency key. Nothing of an upload that is refused stays.
 *  Refuses: 400, 413, 415, 422 for what can be seen at once, 422 `idempotency-key-reused`. */
export async function startImport(deps: ImportDeps, command: StartImport): Promise<{ doc: ImportDoc; replayed: boolean }> {
  const { importChunks } = deps.store;
  const uploadId = randomUUID();
  const keeper = new UploadKeeper(importChunks, uploadId, instantOf(deps.clock));
  let needed = false;
  try {
    const upload = await receiveUpload(command.upload, { maxBytes: deps.maxUploadBytes, take: (bytes) => keeper.take(bytes) });
    const chunks = await keeper.end();
    const options = importOptionsOf(upload.options);
    const encoding = inspect(upload, options, command.caller.person.baseCurrency);
    const file = { uploadId, chunks, bytes: upload.facts.size, name: upload.name, encoding };
    const created = await queue(deps, command, options, file, upload.sha256);
    needed = !created.replayed;
    return created;
  } finally {
    if (needed) deps.wake();
    else await removeUpload(importChunks, uploadId);
  }
}

async function queue(deps: ImportDeps, command: StartImport, options: ImportOptions, file: StoredFile, sha256: string) {
  const { store, clock, installationKey } = deps;
  const { caller, requestId, idempotencyKey: key } = command;
  const { userId, person } = caller;
  const at = instantOf(clock);
  const draft = newImport({
    id: idempotentId({ installationKey, userId, method: 'POST', route: '/records/bulk-import', key }),
    ownerId: userId,
    createdBy: userId,
    requestId,
    createdAt: at,
    options,
    file,
    baseCurrency: person.baseCurrency,
    today: dayIn(person.timeZone, clock.now()),
  });
  return createOnce({
    documents: store.imports,
    draft,
    entries: [progressEntry(draft, { at, by: userId, requestId }, 'created')],
    fingerprint: key === null ? null : fingerprintOf({ options, sha256 }),
    firstState: firstStateOf,
  });
}

/** The encoding. What can't be read, or not as it was said, is refused now as far as the first piece shows it; what only needs to be
 *  said more clearly makes the job fail, with the same words. */
function inspect({ facts, first }: ReceivedUpload, options: ImportOptions, baseCurrency: string): string {
  try {
    const encoding = chooseEncoding(facts, options.encoding);
    planImport(sampleOf(first, encoding, facts.size === first.length), options, baseCurrency);
    return encoding;
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if (unclear.has(error.code)) return chooseEncoding(facts, options.encoding);
    throw refusalOf(error);
  }
}

const unclear: ReadonlySet<FileProblemCode> = new Set(['date-format-ambiguous', 'date-format-unknown', 'decimal-separator-ambiguous']);

function refusalOf({ code, path, message }: FileProblem): Refusal {
  if (path.startsWith('/options')) return invalid(path, code, message);
  return new Refusal('unreadable-file', message, { errors: [{ path, code, message }] });
}
