import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { accessTo, mayEnterFor, outsideShare, type PeopleMirror } from '@commonpurse/shared/access';
import { dayIn } from '@commonpurse/shared/calendar';
import { type Caller, createOnce, fingerprintOf, idempotentId, invalid, notFound, Refusal } from '@commonpurse/shared/http';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import { findOwnerToEnterFor, type Owner } from '../find-owner.ts';
import type { RecordsStore } from '../store.ts';
import { demandRoom } from './demand-room.ts';
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
 *  Refuses: 400, 413, 415, 422 for what can be seen at once, 404 and 403 for an owner who doesn't let the caller, 409 while
 *  too much of theirs waits, 422 `idempotency-key-reused`. */
export async function startImport(deps: ImportDeps, command: StartImport): Promise<StartedImport> {
  const { importChunks } = deps.store;
  const uploadId = randomUUID();
  const keeper = new UploadKeeper(importChunks, uploadId, instantOf(deps.clock));
  let needed = false;
  try {
    const upload = await receiveUpload(command.upload, { maxBytes: deps.maxUploadBytes, take: (bytes) => keeper.take(bytes) });
    const file = { uploadId, chunks: await keeper.end(), bytes: upload.facts.size, name: upload.name };
    const asked = await readCommand(deps, command, upload);
    const started = (await repeatedImport(deps, asked)) ?? (await startNew(deps, asked, upload, file));
    needed = !started.replayed;
    return started;
  } finally {
    if (needed) deps.wake();
    else {
      await keeper.giveUp();
      await removeUpload(importChunks, uploadId);
    }
  }
}

interface StartedImport {
  readonly doc: ImportDoc;
  readonly replayed: boolean;
}

/** An import that was asked for, and by whom. */
interface AskedImport {
  readonly id: string;
  readonly caller: Caller;
  readonly ownerId: string;
  readonly owner: Owner;
  readonly options: ImportOptions;
  readonly requestId: string;
  /** Of the parsed input; null without an idempotency key. */
  readonly fingerprint: string | null;
}

async function readCommand(
  { people, installationKey }: ImportDeps,
  command: StartImport,
  { options: text, sha256 }: ReceivedUpload,
): Promise<AskedImport> {
  const { requestId, idempotencyKey: key } = command;
  const caller = await command.callerAtEnd();
  const { userId } = caller;
  const options = importOptionsOf(text);
  const ownerId = command.owner ?? userId;
  return {
    id: idempotentId({ installationKey, userId, method: 'POST', route: '/records/bulk-import', key }),
    caller,
    ownerId,
    owner: await findOwnerToEnterFor(people, caller, ownerId),
    options,
    requestId,
    fingerprint: key === null ? null : fingerprintOf({ options, sha256, ...(ownerId === userId ? {} : { ownerId }) }),
  };
}

/** What this very request has made before. It was accepted once, and is not judged again by what has changed since: what the caller may enter, what the
 *  owner reckons in. */
async function repeatedImport({ store }: ImportDeps, { id, fingerprint, caller }: AskedImport): Promise<StartedImport | null> {
  const known = fingerprint === null ? null : await store.imports.get(id);
  if (known === null || known.fingerprint !== fingerprint) return null;
  return followed(caller, { doc: firstStateOf(known), replayed: true });
}

function followed(caller: Caller, started: StartedImport): StartedImport {
  if (accessTo(caller, importResource(started.doc)) === 'none') throw notFound();
  return started;
}

/** Which of the rows may land is judged when they do; here, whether any could. */
async function startNew(
  deps: ImportDeps,
  { id, caller, ownerId, owner, options, requestId, fingerprint }: AskedImport,
  upload: ReceivedUpload,
  file: Omit<StoredFile, 'encoding'>,
): Promise<StartedImport> {
  const { store, clock } = deps;
  const { userId } = caller;
  if (ownerId !== userId && !mayEnterFor(caller, ownerId)) throw outsideShare();
  const encoding = inspect(upload, options, owner.baseCurrency);
  const demandPlace = (): Promise<void> => demandRoom(deps, userId, file.bytes);
  if (encoding instanceof Refusal) {
    await demandPlace();
    throw encoding;
  }
  const at = instantOf(clock);
  const draft = newImport({
    id,
    ownerId,
    createdBy: userId,
    requestId,
    createdAt: at,
    options,
    file: { ...file, encoding },
    baseCurrency: owner.baseCurrency,
    today: dayIn(owner.timeZone, clock.now()),
  });
  const created = await createOnce({
    documents: store.imports,
    draft,
    entries: [progressEntry(draft, { at, by: userId, requestId }, 'created')],
    fingerprint,
    firstState: firstStateOf,
    demandRoom: demandPlace,
  });
  return followed(caller, created);
}

/** The encoding. What can't be read, or not as it was said, is refused now as far as the first piece shows it; what only needs to be
 *  said more clearly makes the job fail, with the same words. Throws what is wrong with the options; what is wrong with the file is told last of all. */
function inspect({ facts, first }: ReceivedUpload, options: ImportOptions, baseCurrency: string): string | Refusal {
  try {
    const encoding = chooseEncoding(facts, options.encoding);
    planImport(sampleOf(first, encoding, facts.size === first.length), options, baseCurrency);
    return encoding;
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if (unclear.has(error.code)) return chooseEncoding(facts, options.encoding);
    return unreadable(error);
  }
}

const unclear: ReadonlySet<FileProblemCode> = new Set(['date-format-ambiguous', 'date-format-unknown', 'decimal-separator-ambiguous']);

function unreadable({ code, path, message }: FileProblem): Refusal {
  if (path.startsWith('/options')) throw invalid(path, code, message);
  return new Refusal('unreadable-file', message, { errors: [{ path, code, message }] });
}
