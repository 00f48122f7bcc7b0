import type { Disk, DiskFile, FolderLock } from '../../documents/json/disk.ts';

/** A disk as a process sees it that is killed: from some operation on, nothing it asks for happens or is answered any more.
 *  What is underneath survives and can be opened again. */
interface MortalDisk extends Disk {
  readonly dead: boolean;
  /** It will die at the so-manieth operation from now on. `finishes`: whether that one still reaches the disk. */
  doom(operations: number, finishes: boolean): void;
  /** Dead now, and what the operating system does when a process has died: its locks are free. */
  bury(): Promise<void>;
}

export function mortalDisk(disk: Disk): MortalDisk {
  let left = Infinity;
  let lastOneFinishes = false;
  let dead = false;
  const locks: FolderLock[] = [];
  const live = async <R>(operation: () => Promise<R>): Promise<R> => {
    left -= 1;
    const last = !dead && left <= 0;
    if (last && lastOneFinishes) await operation();
    dead ||= last;
    if (dead) return new Promise<never>(() => undefined);
    const result = await operation();
    // Others may have used up this life while it was under way.
    return alive() ? result : new Promise<never>(() => undefined);
  };
  const alive = (): boolean => !dead;
  const file = (real: DiskFile): DiskFile => ({
    size: () => live(() => real.size()),
    read: (into, position) => live(() => real.read(into, position)),
    write: (from, position) => live(() => real.write(from, position)),
    truncate: (size) => live(() => real.truncate(size)),
    sync: () => live(() => real.sync()),
    close: () => live(() => real.close()),
  });
  return {
    get dead() {
      return dead;
    },
    doom(operations, finishes) {
      left = operations;
      lastOneFinishes = finishes;
    },
    async bury() {
      dead = true;
      await Promise.all(locks.map((lock) => lock.release()));
    },
    makeFolder: (folder) => live(() => disk.makeFolder(folder)),
    list: (folder) => live(() => disk.list(folder)),
    open: (path) => live(async () => file(await disk.open(path))),
    create: (path) => live(async () => file(await disk.create(path))),
    rename: (from, to) => live(() => disk.rename(from, to)),
    remove: (path) => live(() => disk.remove(path)),
    syncFolder: (folder) => live(() => disk.syncFolder(folder)),
    lock: (folder) =>
      live(async () => {
        const lock = await disk.lock(folder);
        locks.push(lock);
        return lock;
      }),
  };
}
