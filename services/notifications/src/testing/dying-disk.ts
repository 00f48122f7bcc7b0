import type { Disk, DiskFile } from '@commonpurse/shared/documents/json';
import { uncontestedLock } from '@commonpurse/shared/testing';

/** What a process that is killed after so many writes leaves on a disk: the last write torn in two, nothing after it.
 *  Everything else that the dead process tries fails. */
export function dyingDisk(disk: Disk, writesUntilDeath: number): Disk {
  let left = writesUntilDeath;
  const alive = (): void => {
    if (left < 0) throw Object.assign(new Error('EIO: the process is dead'), { code: 'EIO' });
  };
  const fileOf = (file: DiskFile): DiskFile => ({
    size: async () => (alive(), file.size()),
    read: async (into, position) => (alive(), file.read(into, position)),
    truncate: async (size) => (alive(), file.truncate(size)),
    sync: async () => (alive(), file.sync()),
    close: async () => file.close(),
    write: async (from, position) => {
      alive();
      left -= 1;
      if (left >= 0) return file.write(from, position);
      await file.write(from.subarray(0, Math.floor(from.length / 2)), position);
      throw Object.assign(new Error('EIO: killed while writing'), { code: 'EIO' });
    },
  });
  return {
    makeFolder: async (folder) => (alive(), disk.makeFolder(folder)),
    list: async (folder) => (alive(), disk.list(folder)),
    open: async (path) => (alive(), fileOf(await disk.open(path))),
    create: async (path) => (alive(), fileOf(await disk.create(path))),
    rename: async (from, to) => (alive(), disk.rename(from, to)),
    remove: async (path) => (alive(), disk.remove(path)),
    syncFolder: async (folder) => (alive(), disk.syncFolder(folder)),
    // The lock of a dead process counts for nothing.
    lock: async () => uncontestedLock(),
  };
}
