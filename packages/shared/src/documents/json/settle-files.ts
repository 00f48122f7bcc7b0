import { StoreDamaged } from '../documents.ts';
import type { Disk } from './disk.ts';
import type { CollectionPaths, FoundFile } from './file-header.ts';
import { findFile, isOf } from './file-header.ts';
import type { Checksum } from './line.ts';
import { LineReader } from './line-reader.ts';
import { readSnapshot } from './snapshot.ts';
import { Segment } from './segment.ts';

interface FilesOf {
  readonly name: string;
  readonly disk: Disk;
  readonly directory: string;
  readonly paths: CollectionPaths;
  readonly checksum: Checksum;
  /** The generation of a journal that must be there. */
  readonly newest: number;
}
/** What a collection is read from: the snapshot, then these journals in turn; the last one is written on. */
interface SettledFiles {
  readonly snapshot: FoundFile | null;
  readonly journals: readonly FoundFile[];
}

type Found = { [name in keyof CollectionPaths]: FoundFile | null };

/** Finds the files of a collection, and finishes what a crash has left in the middle of a compaction. Refuses when one is missing. */
export async function settleFiles(of: FilesOf): Promise<SettledFiles> {
  const found = await findAll(of);
  try {
    refuseForeign(of, found);
    await settleSnapshot(of, found);
    await dropUnusedJournal(of, found);
    const journals = chainOf(of, found);
    await settleJournals(of, found, journals);
    await closeOthers(found, [found.snapshot, ...journals]);
    return {
      snapshot: found.snapshot,
      journals: journals.map((journal) => Object.values(found).find((one) => one?.file === journal.file) ?? journal),
    };
  } catch (error) {
    await closeOthers(found, []);
    throw error;
  }
}

async function findAll({ disk, paths, checksum }: FilesOf): Promise<Found> {
  const found: Partial<Found> = {};
  for (const name of Object.keys(paths) as (keyof CollectionPaths)[]) found[name] = await findFile(disk, paths[name], checksum);
  return found as Found;
}

/** Another collection's file is sound in itself. As a backup it is as good as none; anywhere else it stands where this one's data should. */
function refuseForeign({ name }: FilesOf, found: Found): void {
  for (const [place, one] of Object.entries(found) as [keyof Found, FoundFile | null][]) {
    if (!one?.header || isOf(name, place, one.header)) continue;
    if (!place.endsWith('Backup')) throw new StoreDamaged(`${one.path} holds the ${one.header.commonpurse} of ${one.header.collection}`);
    found[place] = { ...one, header: null };
  }
}

async function closeOthers(found: Found, kept: readonly (FoundFile | null)[]): Promise<void> {
  const files = new Set(kept.map((one) => one?.file));
  for (const one of Object.values(found)) if (one && !files.has(one.file)) await one.file.close();
}

async function move(of: FilesOf, found: Found, from: keyof Found, to: keyof Found): Promise<void> {
  const moved = found[from];
  if (!moved) return;
  await of.disk.rename(of.paths[from], of.paths[to]);
  await of.disk.syncFolder(of.directory);
  await found[to]?.file.close();
  found[to] = { ...moved, path: of.paths[to] };
  found[from] = null;
}

async function drop(of: FilesOf, found: Found, name: keyof Found): Promise<void> {
  await found[name]?.file.close();
  found[name] = null;
  await of.disk.remove(of.paths[name]);
}

/** A crash between the two renames of a compaction leaves the old snapshot as the backup and the new one, complete, not yet in place. */
async function settleSnapshot(of: FilesOf, found: Found): Promise<void> {
  if (!found.snapshotNext) return;
  const replaces = !found.snapshot && found.snapshotBackup && found.journalNext?.header;
  if (!replaces) return drop(of, found, 'snapshotNext');
  await readSnapshot(of.paths.snapshotNext, new Segment(found.snapshotNext.file), of.checksum, null);
  await move(of, found, 'snapshotNext', 'snapshot');
}

/** A journal without a sound header was never written to: its header was synced before its first batch, and before it was listed as begun. */
async function dropUnusedJournal(of: FilesOf, found: Found): Promise<void> {
  const { journal, journalNext } = found;
  if (!journalNext || journalNext.header) return;
  const isBegun = (journal?.header?.generation ?? 0) < of.newest;
  if (isBegun || (await hasLines(of, journalNext))) throw new StoreDamaged(`${journalNext.path} is damaged at its beginning`);
  await drop(of, found, 'journalNext');
}

/** Whether there is any sound line but a header. */
async function hasLines(of: Pick<FilesOf, 'checksum'>, { file }: FoundFile): Promise<boolean> {
  const reader = new LineReader(file, await file.size(), of.checksum);
  let state = await reader.next();
  if (state === 'line') state = await reader.next();
  return state === 'line' || (state === 'bad' && (await reader.resync()));
}

/** The journals that follow the snapshot, without a gap up to the newest. */
function chainOf({ paths, newest: begun }: FilesOf, found: Found): FoundFile[] {
  if (found.snapshot && !found.snapshot.header) throw new StoreDamaged(`${paths.snapshot} is damaged at its beginning`);
  if (found.journal && !found.journal.header) throw new StoreDamaged(`${paths.journal} is damaged at its beginning`);
  // of two with one number (somebody has made a copy) the one that is written on counts
  const journals = [found.journal, found.journalNext, found.journalBackup].filter((one) => one?.header) as FoundFile[];
  const first = found.snapshot?.header?.generation ?? 0;
  const chain: FoundFile[] = [];
  for (let generation = first; ; generation++) {
    const next = journals.find((one) => one.header?.generation === generation);
    if (!next) break;
    chain.push(next);
  }
  const newest = Math.max(-1, ...[found.journal, found.journalNext].map((one) => one?.header?.generation ?? -1));
  if (newest < 0) throw new StoreDamaged(`${paths.journal} is missing`);
  if (newest < begun) throw new StoreDamaged(`${paths.journalNext} is missing (generation ${begun}): it holds what was written last`);
  if (chain.at(-1)?.header?.generation === newest) return chain;
  if (!found.snapshot) throw new StoreDamaged(`${paths.snapshot} is missing`);
  throw new StoreDamaged(`${paths.snapshot} (generation ${first}) and ${paths.journal} (generation ${newest}) don't belong together`);
}

/** After the new snapshot is in place, the journals move up: the one it holds becomes the backup. */
async function settleJournals(of: FilesOf, found: Found, chain: readonly FoundFile[]): Promise<void> {
  if (!found.journalNext || chain[0] !== found.journalNext) return;
  await move(of, found, 'journal', 'journalBackup');
  await move(of, found, 'journalNext', 'journal');
}
