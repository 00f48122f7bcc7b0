import { crc32 } from 'node:zlib';
import type { Documents } from '@commonpurse/shared/documents';
import type { Disk, DiskFile } from '@commonpurse/shared/documents/json';
import type { Note } from './note.ts';
import type { Doubles } from './store-history.ts';

const withFiles = (disk: Disk, change: (file: DiskFile) => Partial<DiskFile>): Disk => {
  const changed = (file: DiskFile): DiskFile => ({ ...file, ...change(file) });
  return { ...bound(disk), open: async (path) => changed(await disk.open(path)), create: async (path) => changed(await disk.create(path)) };
};
const bound = (disk: Disk): Disk => ({
  makeFolder: (folder) => disk.makeFolder(folder),
  list: (folder) => disk.list(folder),
  open: (path) => disk.open(path),
  create: (path) => disk.create(path),
  rename: (from, to) => disk.rename(from, to),
  remove: (path) => disk.remove(path),
  syncFolder: (folder) => disk.syncFolder(folder),
  lock: (folder) => disk.lock(folder),
});

/** Reads the checksum that a line claims instead of working it out. */
const believe = (bytes: Uint8Array, running?: number): number => {
  if (running !== undefined) return crc32(bytes, running);
  return Number.parseInt(Buffer.from(bytes.buffer, bytes.byteOffset - 9, 8).toString(), 16);
};

/** Shows what was asked for before it is on the disk. */
function showEarly(notes: Documents<Note>): Documents<Note> {
  const early = new Map<string, Note>();
  const insert: Documents<Note>['insert'] = (draft, entries = []) => {
    early.set(draft._id, { ...draft, changedAt: '', outbox: entries });
    return notes.insert(draft, entries).finally(() => early.delete(draft._id));
  };
  const get: Documents<Note>['get'] = async (id) => early.get(id) ?? notes.get(id);
  const changed: Partial<Documents<Note>> = { insert, get };
  return new Proxy(notes, {
    get: (target, name: keyof Documents<Note>) => {
      const value = changed[name] ?? target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Bugs that a store of this kind has had elsewhere; the random histories must find every one. */
export const plantedBugs: Readonly<Record<string, Doubles>> = {
  'acknowledges before the sync': { disk: (disk) => withFiles(disk, () => ({ sync: async () => {} })) },
  'shows a write before its sync': { documents: showEarly },
  'never syncs the folder': { disk: (disk) => ({ ...bound(disk), syncFolder: async () => {} }) },
  'takes a failed sync for a good one': { disk: (disk) => withFiles(disk, (file) => ({ sync: () => file.sync().catch(() => {}) })) },
  'does not check the checksum': { checksum: believe },
};
