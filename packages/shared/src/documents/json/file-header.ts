import type { Disk, DiskFile } from './disk.ts';
import { StoreDamaged } from '../documents.ts';
import type { LineBuffer } from './line.ts';
import { LineReader } from './line-reader.ts';
import type { Checksum } from './line.ts';

/** The version of the files' format that this code writes, and the newest it reads. */
const FORMAT = 1;

/** The first line of every file. */
export interface FileHeader {
  readonly commonpurse: 'journal' | 'snapshot';
  readonly format: number;
  readonly collection: string;
  /** A snapshot of generation n holds everything up to the journals before generation n. */
  readonly generation: number;
  /** Snapshots: the last batch that is certainly in it. */
  readonly after?: number;
}

/** A file of a collection that is there. `header` is null when its first line is not sound. */
export interface FoundFile {
  readonly path: string;
  readonly file: DiskFile;
  readonly header: FileHeader | null;
}

/** The files of one collection. */
export const pathsOfCollection = (directory: string, name: string) => ({
  snapshot: `${directory}/${name}.jsonl`,
  snapshotBackup: `${directory}/${name}.jsonl.bak`,
  snapshotNext: `${directory}/${name}.jsonl.next`,
  journal: `${directory}/${name}.journal.jsonl`,
  journalBackup: `${directory}/${name}.journal.jsonl.bak`,
  journalNext: `${directory}/${name}.journal.jsonl.next`,
});
export type CollectionPaths = ReturnType<typeof pathsOfCollection>;

/** Whether a file that lies at that place of a collection is what its name says. */
export const isOf = (collection: string, place: keyof CollectionPaths, header: FileHeader): boolean =>
  header.collection === collection && place.startsWith(header.commonpurse);

export function writeHeader(lines: LineBuffer, header: Omit<FileHeader, 'format'>): void {
  lines.add('h', 0, JSON.stringify({ ...header, format: FORMAT }));
}

/** null: there is no such file. */
export async function findFile(disk: Disk, path: string, checksum: Checksum): Promise<FoundFile | null> {
  let file: DiskFile;
  try {
    file = await disk.open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const reader = new LineReader(file, await file.size(), checksum, 4096);
  const sound = (await reader.next()) === 'line' && reader.line.kind === 'h';
  const header = sound ? (JSON.parse(reader.json()) as FileHeader) : null;
  if (header && header.format > FORMAT) {
    throw new StoreDamaged(`${path} was written by a newer version (format ${header.format}, this one reads up to ${FORMAT})`);
  }
  return { path, file, header };
}

/** Writes all of it, however little the disk takes at once. */
export async function writeAll(file: DiskFile, bytes: Buffer, position: number): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const count = await file.write(at === 0 ? bytes : bytes.subarray(at), position + at);
    if (count === 0) throw new Error('the disk takes nothing more');
    at += count;
  }
}
