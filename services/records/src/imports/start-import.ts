import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { accessTo, mayEnterFor, outsideShare, type PeopleMirror } from '@commonpurse/shared/access';
import { dayIn } from '@commonpurse/shared/calendar';
import { type Caller, createOnce, fingerprintOf, idempotentId, invalid, notFound, Refusal } from '@commonpurse/shared/http';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import { findOwnerToEnterFor, type Owner } from '../find-owner.ts';
import type { RecordsStore } from '../store.ts';
import { chooseEncoding } from './encoding.ts';
import { FileProblem, type FileProblemCode } from './file-problem.ts';
import { progressEntry } from './import-entries.ts';
import { firstStateOf, type ImportDoc, importResource, newImport, type StoredFile } from './import-job.ts';
import type { ImportOptions } from './import-options.ts';
import { removeUpload, UploadKeeper } from './keep-upload.ts';
import { planImport } from './plan.ts';
import { type ReceivedUpload, receiveUpload } from './receive-upload.ts';
import { sampleOf } from './sample.ts';
import { importOptionsOf } from './schemas.ts';

export interface ImportDeps {
  readonly store: RecordsStore;
  readonly people: Pick<PeopleMirror, 'current'>;
  readonly clock: Clock;
  readonly installationKey: Buffer;
  readonly maxUploadBytes: number;
  /** Tells the runner that there is something to do. */
  readonly wake: () => void;
}

interface StartImport {
  /** Whose import it is, asked once the file is there: it can be minutes on its way. */
  readonly callerAtEnd: () => Promise<Caller>;
  /** For whom; default: the caller. */
  readonly owner?: string | undefined;
  readonly upload: IncomingMessage;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
}

/** Keeps the file and queues its import, once for each idempotency key. Nothing of an upload that is refused stays.
 *  Refuses: 400, 413, 415, 422 for what can be seen at once, 404 and 403 for an owner who doesn't let the caller, 422 `idempotency-key-reused`. */
export async function startImport(deps: ImportDeps, command: StartImport): Promise<{ doc: ImportDoc; replayed: boolean }> {
  const { importChunks } = deps.store;
  const uploadId = randomUUID();
  const keeper = new UploadKeeper(importChunks, uploadId, instantOf(deps.clock));
  let needed = false;
  try {
    const upload = await receiveUpload(command.upload, { maxBytes: deps.maxUploadBytes, take: (bytes) => keeper.take(bytes) });
    const chunks = await keeper.end();
    const caller = await command.callerAtEnd();
    const options = importOptionsOf(upload.options);
    const owner = await ownerOf(deps, caller, command.owner);
    const encoding = inspect(upload, options, owner.baseCurrency);
    const file = { uploadId, chunks, bytes: upload.facts.size, name: upload.name, encoding };
    const created = await queue(deps, command, { caller, owner, options, file, sha256: upload.sha256 });
    needed = !created.replayed;
    return created;
  } finally {
    if (needed) deps.wake();
    else {
      await keeper.giveUp();
      await removeUpload(importChunks, uploadId);
    }
  }
}

/** Which of the rows may land is judged when they do; here, whether any could. */
async function ownerOf({ people }: ImportDeps, caller: Caller, ownerId = caller.userId): Promise<Owner> {
  const owner = await findOwnerToEnterFor(people, caller, ownerId);
  if (ownerId !== caller.userId && !mayEnterFor(caller, ownerId)) throw outsideShare();
  return owner;
}

interface CheckedUpload {
  readonly caller: Caller;
  readonly owner: Owner;
  readonly options: ImportOptions;
  readonly file: StoredFile;
  readonly sha256: string;
}
async function queue(deps: ImportDeps, command: StartImport, { caller, owner, options, file, sha256 }: CheckedUpload) {
  const { store, clock, installationKey } = deps;
  const { requestId, idempotencyKey: key } = command;
  const { userId } = caller;
  const ownerId = command.owner ?? userId;
  const at = instantOf(clock);
  const draft = newImport({
    id: idempotentId({ installationKey, userId, method: 'POST', route: '/records/bulk-import', key }),
    ownerId,
    createdBy: userId,
    requestId,
    createdAt: at,
    options,
    file,
    baseCurrency: owner.baseCurrency,
    today: dayIn(owner.timeZone, clock.now()),
  });
  const created = await createOnce({
    documents: store.imports,
    draft,
    entries: [progressEntry(draft, { at, by: userId, requestId }, 'created')],
    fingerprint: key === null ? null : fingerprintOf({ options, sha256, ...(ownerId === userId ? {} : { ownerId }) }),
    firstState: firstStateOf,
  });
  if (accessTo(caller, importResource(created.doc)) === 'none') throw notFound();
  return created;
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
