import type { Disk, DiskFile, FolderLock } from './disk.ts';

/** The same disk, which who has lost the folder changes no more: there is another writer by now. */
export const fencedDisk = (disk: Disk, { check }: Pick<FolderLock, 'check'>): Disk => ({
  makeFolder: (folder) => disk.makeFolder(folder),
  list: (folder) => disk.list(folder),
  open: async (path) => fencedFile(await disk.open(path), check),
  create: async (path) => {
    check();
    return fencedFile(await disk.create(path), check);
  },
  rename: async (from, to) => {
    check();
    await disk.rename(from, to);
  },
  remove: async (path) => {
    check();
    await disk.remove(path);
  },
  syncFolder: (folder) => disk.syncFolder(folder),
  lock: (folder) => disk.lock(folder),
});

const fencedFile = (file: DiskFile, check: FolderLock['check']): DiskFile => ({
  size: () => file.size(),
  read: (into, position) => file.read(into, position),
  write: async (from, position) => {
    check();
    return file.write(from, position);
  },
  truncate: async (size) => {
    check();
    await file.truncate(size);
  },
  sync: async () => {
    check();
    await file.sync();
  },
  close: () => file.close(),
});
