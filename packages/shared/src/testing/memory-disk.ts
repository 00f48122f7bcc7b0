import { StoreUnavailable } from '../documents/documents.ts';
import type { Disk, DiskFile } from '../documents/json/disk.ts';
import { uncontestedLock } from './uncontested-lock.ts';

interface MemoryFile {
  bytes: Buffer;
  size: number;
}

/** A disk in memory without faults: what is opened again on the same one finds what was written. Fast, for unit tests. */
export function memoryDisk(): Disk {
  const files = new Map<string, MemoryFile>();
  const locks = new Set<string>();
  const must = (path: string): MemoryFile => {
    const file = files.get(path);
    if (!file) throw Object.assign(new Error(`ENOENT: no such file, '${path}'`), { code: 'ENOENT' });
    return file;
  };
  return {
    makeFolder: async () => {},
    list: async (folder) => [...files.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1)),
    open: async (path) => handleOf(must(path)),
    create: async (path) => {
      const file = { bytes: Buffer.alloc(0), size: 0 };
      files.set(path, file);
      return handleOf(file);
    },
    rename: async (from, to) => {
      files.set(to, must(from));
      files.delete(from);
    },
    remove: async (path) => {
      files.delete(path);
    },
    syncFolder: async () => {},
    lock: async (folder) => {
      if (locks.has(folder)) throw new StoreUnavailable(`${folder} is in use by this process (pid ${process.pid})`);
      locks.add(folder);
      return uncontestedLock(() => void locks.delete(folder));
    },
  };
}

function handleOf(file: MemoryFile): DiskFile {
  return {
    size: async () => file.size,
    read: async (into, position) => file.bytes.copy(into, 0, position, Math.min(file.size, position + into.length)),
    write: async (from, position) => {
      resize(file, Math.max(file.size, position + from.length));
      return from.copy(file.bytes, position);
    },
    truncate: async (size) => resize(file, size),
    sync: async () => {},
    close: async () => {},
  };
}

function resize(file: MemoryFile, size: number): void {
  if (size > file.bytes.length) {
    const larger = Buffer.alloc(Math.max(size, file.bytes.length * 2, 1024));
    file.bytes.copy(larger, 0, 0, file.size);
    file.bytes = larger;
  }
  if (size < file.size) file.bytes.fill(0, size, file.size);
  file.size = size;
}
