import fs from 'node:fs';
import { promises } from 'node:fs';
import type { Disk, DiskFile } from './disk.ts';
import { lockFolder } from './folder-lock.ts';

/** The real file system. Plain descriptors and callbacks: this is the hot path of every write. */
export const nodeDisk: Disk = {
  makeFolder: async (folder) => void (await promises.mkdir(folder, { recursive: true })),
  list: (folder) => promises.readdir(folder),
  open: (path) => openFile(path, 'r+'),
  // a new file, never an old one emptied: a sync that failed once has spoilt it for good
  create: async (path) => {
    await promises.rm(path, { force: true });
    return openFile(path, 'wx+');
  },
  rename: (from, to) => promises.rename(from, to),
  remove: (path) => promises.rm(path, { force: true }),
  syncFolder: async (folder) => {
    const handle = await promises.open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  lock: lockFolder,
};

function openFile(path: string, flags: string): Promise<DiskFile> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, 0o600, (error, descriptor) => (error ? reject(error) : resolve(fileOf(descriptor))));
  });
}

/** So much goes into the page cache in less time than handing it to another thread takes, which every write would wait for. */
const writtenAtOnceMax = 64 * 1024;

function fileOf(descriptor: number): DiskFile {
  return {
    size: () => call<fs.Stats>((done) => fs.fstat(descriptor, done)).then((stats) => stats.size),
    read: (into, position) => call<number>((done) => fs.read(descriptor, into, 0, into.length, position, done)),
    write: async (from, position) =>
      from.length > writtenAtOnceMax
        ? call<number>((done) => fs.write(descriptor, from, 0, from.length, position, done))
        : fs.writeSync(descriptor, from, 0, from.length, position),
    truncate: (size) => call<void>((done) => fs.ftruncate(descriptor, size, done)),
    sync: () => call<void>((done) => fs.fdatasync(descriptor, done)),
    close: () => call<void>((done) => fs.close(descriptor, done)),
  };
}

type Done<R> = (error: NodeJS.ErrnoException | null | undefined, result?: R) => void;

const call = <R>(start: (done: Done<R>) => void): Promise<R> =>
  new Promise((resolve, reject) => {
    start((error, result) => (error ? reject(error) : resolve(result as R)));
  });
