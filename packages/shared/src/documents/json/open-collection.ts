import type { Clock } from '../../service/clock.ts';
import type { CollectionDeclaration, Doc, Documents } from '../documents.ts';
import { StoreDamaged } from '../documents.ts';
import { JsonCollection } from './collection.ts';
import { Compaction } from './compaction.ts';
import type { Disk, DiskFile } from './disk.ts';
import type { CollectionPaths, FileHeader, FoundFile } from './file-header.ts';
import { findFile, isOf, pathsOfCollection, writeAll, writeHeader } from './file-header.ts';
import { Interner } from './interner.ts';
import { Journal } from './journal.ts';
import type { Op } from './landing.ts';
import type { Checksum } from './line.ts';
import { LineBuffer } from './line.ts';
import { Loading } from './loading.ts';
import type { Manifest } from './manifest.ts';
import type { Replayed } from './replay.ts';
import { replayJournal } from './replay.ts';
import { Segment } from './segment.ts';
import { settleFiles } from './settle-files.ts';
import { readSnapshot } from './snapshot.ts';
import { Table } from './table.ts';
import { type Headers, wayBack } from './way-back.ts';
import { Writer } from './writer.ts';

export interface StoreLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
export interface OpenOptions {
  readonly declaration: CollectionDeclaration;
  readonly directory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: StoreLog;
  readonly checksum: Checksum;
  /** A journal is compacted beyond so many bytes, or beyond its snapshot's size; one of new documents only beyond eight times as many. */
  readonly compactAboveBytes: number;
  readonly manifest: Manifest;
  /** The store can't go on. */
  fail(error: Error): void;
}
interface OpenCollection<T extends Doc> {
  readonly documents: Documents<T>;
  /** Resolves as `Journal.close` does. */
  close(): Promise<number | null>;
}

/** What was read, and where writing goes on. */
interface Loaded {
  readonly table: Table;
  readonly segments: Map<DiskFile, Segment>;
  readonly last: { readonly journal: FoundFile; readonly replayed: Replayed };
  /** The last batch before the newest journal. */
  readonly before: number;
  readonly snapshotBytes: number;
}

/** Makes the files of a collection that was never there: a journal that appears under its name only once its header is durable. */
export async function createFiles({ declaration, directory, disk }: OpenOptions): Promise<void> {
  const paths = pathsOfCollection(directory, declaration.name);
  const file = await disk.create(paths.journalNext);
  await startJournal(file, declaration.name, 0);
  await file.close();
  await disk.syncFolder(directory);
  await disk.rename(paths.journalNext, paths.journal);
  await disk.syncFolder(directory);
}

/** Writes and syncs the header of an empty journal; answers its size. */
export async function startJournal(file: DiskFile, collection: string, generation: number): Promise<number> {
  const lines = new LineBuffer(1024);
  writeHeader(lines, { commonpurse: 'journal', collection, generation });
  await writeAll(file, lines.filled(), 0);
  await file.sync();
  return lines.size;
}

/** Reads snapshot and journals, cuts off what a crash has torn, and goes on where they end. */
export async function openCollection<T extends Doc>(options: OpenOptions): Promise<OpenCollection<T>> {
  const interner = new Interner();
  const { table, segments, last, before, snapshotBytes } = await load(options, interner);
  const writer = new Writer({
    table,
    clock: options.clock,
    interner,
    onListenerError: (error) => options.log.error({ err: error, collection: table.name }, 'a listener of the outbox failed'),
    segmentOf: (file) => segmentIn(segments, file),
  });
  const { journal: found, replayed } = last;
  const journal = new Journal<Op>({
    file: found.file,
    size: replayed.size,
    batch: replayed.batch,
    onDurable: (ops, place) => {
      compaction.consider(writer.apply(ops, place));
    },
    onFailure: (error) =>
      options.fail(new Error(`${options.directory}/${table.name}: a write failed and the store stops: ${error.message}`, { cause: error })),
  });
  writer.use(journal);
  const generation = found.header?.generation ?? 0;
  const compaction = new Compaction({ ...options, table, journal, segments, file: found.file, generation, snapshotBytes });
  if (found.path === pathsOfCollection(options.directory, table.name).journalNext) compaction.finish(before);
  return {
    documents: new JsonCollection<T>(table, writer),
    close: async () => {
      await compaction.stop();
      const lastBatch = await journal.close();
      for (const segment of segments.values()) if (segment.file !== compaction.file) await segment.retire();
      return lastBatch;
    },
  };
}

function segmentIn(segments: Map<DiskFile, Segment>, file: DiskFile): Segment {
  let segment = segments.get(file);
  if (!segment) segments.set(file, (segment = new Segment(file)));
  return segment;
}

/** A refusal says what can be done about it. */
async function load(options: OpenOptions, interner: Interner): Promise<Loaded> {
  const segments = new Map<DiskFile, Segment>();
  try {
    return await loadInto(options, interner, segments);
  } catch (error) {
    for (const segment of segments.values()) await segment.retire();
    if (!(error instanceof StoreDamaged)) throw error;
    const paths = pathsOfCollection(options.directory, options.declaration.name);
    throw new StoreDamaged(`${error.message}. ${wayBack(paths, await headersOf(options, paths), error.message)}`);
  }
}

async function headersOf({ declaration, disk, checksum }: OpenOptions, paths: CollectionPaths): Promise<Headers> {
  const headers: Partial<Record<keyof CollectionPaths, FileHeader | null>> = {};
  for (const name of Object.keys(paths) as (keyof CollectionPaths)[]) {
    const found = await findFile(disk, paths[name], checksum);
    headers[name] = found?.header && isOf(declaration.name, name, found.header) ? found.header : null;
    await found?.file.close();
  }
  return headers as Headers;
}

async function loadInto(options: OpenOptions, interner: Interner, segments: Map<DiskFile, Segment>): Promise<Loaded> {
  const { declaration, directory, disk, checksum, manifest } = options;
  const { name } = declaration;
  const paths = pathsOfCollection(directory, name);
  const { snapshot, journals } = await settleFiles({ name, disk, directory, paths, checksum, newest: manifest.newestJournal(name) });
  const table = new Table(declaration);
  const loading = new Loading(table, interner);
  const snapshotBytes = snapshot ? await readSnapshot(snapshot.path, segmentIn(segments, snapshot.file), checksum, loading) : 0;
  loading.settle();
  let batch = snapshot?.header?.after ?? 0;
  let before = batch;
  let last: Loaded['last'] | null = null;
  for (const journal of journals) {
    before = batch;
    const replayed = await replayJournal(journal, batch, loading, { segment: segmentIn(segments, journal.file), checksum });
    const counted = journal === journals.at(-1) ? manifest.lastOf(name) : 0;
    refuseCut(journal, replayed, counted);
    await cutOff(options, journal, replayed, counted);
    batch = replayed.batch;
    last = { journal, replayed };
  }
  // a name that only the page cache knows would take with it what is about to be written under it
  await disk.syncFolder(directory);
  loading.finish();
  if (!last) throw new Error(`${name}: no journal to go on with`);
  last = { journal: last.journal, replayed: await prove(last.journal, last.replayed) };
  if (!table.cold) await closeAllBut(segments, last.journal.file);
  return { table, segments, last, before, snapshotBytes };
}

/** A crash tears the last batch and nothing before it: where more is missing of what a proper end has counted, or the file ends too early with a whole
 *  batch, it was cut since, or an older one was put in its place. Its torn end is left as it is then. */
function refuseCut({ path }: FoundFile, { batch, torn }: Replayed, counted: number): void {
  const last = torn > 0 ? batch + 1 : batch;
  if (last >= counted) return;
  throw new StoreDamaged(
    `${path} ends with batch ${batch}, and went on to ${counted} when it was closed: what was written last is missing`,
  );
}

/** What was read may be in the page cache only: it is shown to nobody before it is synced. The last batch is written again first: if its sync
 *  had failed, the kernel may count it as clean, and another sync alone would promise what was never done. */
async function cutOff(
  { log, manifest, declaration: { name } }: OpenOptions,
  { path, file }: FoundFile,
  replayed: Replayed,
  counted: number,
): Promise<void> {
  const { batch, lastAt, size, torn } = replayed;
  if (torn > 0) {
    const facts = { file: path, bytes: torn };
    if (batch < counted) {
      log.error(facts, 'cut off the last batch, which is torn and was whole at the last proper end: what was in it is lost');
      // or the next start would miss it
      await manifest.noteLast([[name, batch]]);
    } else log.warn(facts, 'cut off what a crash had torn; none of it was acknowledged');
    await file.truncate(size);
  }
  await writeAll(file, await new Segment(file).read(lastAt, size - lastAt), lastAt);
  await file.sync();
}

/** Writes an empty batch behind one that a crash left as the last: a later start takes damage in it for damage, not for what that crash has torn. */
async function prove({ file }: FoundFile, replayed: Replayed): Promise<Replayed> {
  const { batch, lastAt, size, isProven } = replayed;
  if (isProven || lastAt === 0) return replayed;
  const lines = new LineBuffer(64);
  lines.add('c', batch + 1, '0');
  await writeAll(file, lines.filled(), size);
  await file.sync();
  return { ...replayed, batch: batch + 1, size: size + lines.size };
}

async function closeAllBut(segments: Map<DiskFile, Segment>, kept: DiskFile): Promise<void> {
  for (const [file, segment] of segments) {
    if (file === kept) continue;
    segments.delete(file);
    await segment.retire();
  }
}
