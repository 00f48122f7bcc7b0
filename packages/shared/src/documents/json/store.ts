import { crc32 } from 'node:zlib';
import type { Clock } from '../../service/clock.ts';
import type { CollectionDeclaration, Doc, DocumentStore } from '../documents.ts';
import type { Disk } from './disk.ts';
import { fencedDisk } from './fenced-disk.ts';
import { pathsOfCollection } from './file-header.ts';
import type { Checksum } from './line.ts';
import { Manifest } from './manifest.ts';
import { nodeDisk } from './node-disk.ts';
import { createFiles, openCollection, type OpenOptions, type StoreLog } from './open-collection.ts';

export interface JsonStoreOptions {
  /** This service's own folder; made when absent. */
  readonly directory: string;
  readonly disk?: Disk;
  readonly clock: Clock;
  readonly log?: StoreLog;
  /** Default 8 MiB; a longer journal is compacted once it is longer than its snapshot, too. One of new documents only may be eight times as long. */
  readonly compactAboveBytes?: number;
  /** Only a test's broken double gives another one. */
  readonly checksum?: Checksum;
}

const silent: StoreLog = { info: () => {}, warn: () => {}, error: () => {} };

/** Opens a folder of JSON files as one service's database. Rejects with `StoreUnavailable` when another process has it, with
 *  `StoreDamaged` when what is there can't be trusted. */
export async function openJsonStore(options: JsonStoreOptions): Promise<DocumentStore> {
  const { directory, disk: given = nodeDisk } = options;
  await given.makeFolder(directory);
  const lock = await given.lock(directory).catch(about(directory));
  const disk = fencedDisk(given, lock);
  const manifest = await openManifest(disk, directory).catch(async (error: unknown) => {
    await lock.release();
    return about(directory)(error);
  });
  const open = new Map<string, () => Promise<number | null>>();
  const failure = Promise.withResolvers<Error>();
  let failed: Error | null = null;
  const fail = (error: Error): void => {
    failed ??= error;
    failure.resolve(failed);
  };
  void lock.lost.then(fail);
  return {
    failed: failure.promise,
    health: async () => failed?.message ?? null,
    collection: async <T extends Doc>(declaration: CollectionDeclaration) => {
      const { name } = declaration;
      if (open.has(name)) throw new Error(`${name} is open already`);
      open.set(name, async () => null);
      const opening = { ...optionsOf(options, disk), manifest, declaration, fail };
      const opened = prepare(opening).then(() => openCollection<T>(opening));
      const { documents, close } = await opened.catch(about(`${directory}/${name}`));
      open.set(name, close);
      return documents;
    },
    close: async () => {
      const results = await Promise.allSettled([...open].map(async ([name, close]) => [name, await close()] as const));
      const ends = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      if (!failed) await noteEnd(manifest, ends, options);
      await lock.release();
      const broken = results.find((result) => result.status === 'rejected');
      if (broken && !failed) throw broken.reason;
    },
  };
}

/** Without it less is noticed, and nothing is lost. */
async function noteEnd(
  manifest: Manifest,
  ends: Parameters<Manifest['noteLast']>[0],
  { directory, log = silent }: JsonStoreOptions,
): Promise<void> {
  await manifest
    .noteLast(ends)
    .catch((error: unknown) => log.warn({ err: error, directory }, 'how far the journals go could not be noted at the end'));
}

/** What failed at a file that is open doesn't say at which one. */
const about =
  (place: string) =>
  (error: unknown): never => {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code === undefined || path !== undefined) throw error;
    throw Object.assign(new Error(`${message} '${place}'`, { cause: error }), { code, path: place });
  };

/** Names that a killed process has left unsynced are made durable before anything is built on them. */
async function openManifest(disk: Disk, directory: string): Promise<Manifest> {
  await disk.syncFolder(directory);
  return Manifest.open(disk, directory);
}

const optionsOf = (
  { directory, clock, log = silent, compactAboveBytes = 8 * 1024 * 1024, checksum = crc32 }: JsonStoreOptions,
  disk: Disk,
) => ({
  directory,
  disk,
  clock,
  log,
  compactAboveBytes,
  checksum,
});

/** A collection that is listed must be there; one that isn't is new, unless a crash has left its files before it could be listed. */
async function prepare(options: OpenOptions): Promise<void> {
  const { declaration, directory, disk, manifest } = options;
  if (manifest.has(declaration.name)) return;
  const paths = Object.values(pathsOfCollection(directory, declaration.name)).map((path) => path.slice(directory.length + 1));
  const names = await disk.list(directory);
  const begun = names.filter((name) => paths.includes(name));
  if (begun.every((name) => name.endsWith('.next'))) await createFiles(options);
  await manifest.add(declaration.name);
}
