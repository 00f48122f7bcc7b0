import fs from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '../documents.ts';
import type { FolderLock } from './disk.ts';

interface Holder {
  readonly pid: number;
  /** When that process was started, in the kernel's own words, so that a recycled pid is not taken for it; null where unknown. */
  readonly started: string | null;
}

/** One writer per folder: a file that names its holder. A holder that no longer runs doesn't count, so a restart right after a kill goes on. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, 'store.lock');
  const mine: Holder = { pid: process.pid, started: startOf(process.pid) };
  for (let attempt = 0; attempt < 10; attempt++) {
    if (tryCreate(path, mine)) return { release: async () => fs.rmSync(path, { force: true }) };
    const holder = readHolder(path);
    if (holder && isRunning(holder)) throw inUse(folder, holder);
    fs.rmSync(path, { force: true });
  }
  throw new StoreUnavailable(`${folder} can't be locked: others keep taking it`);
}

const inUse = (folder: string, holder: Holder): StoreUnavailable =>
  new StoreUnavailable(`${folder} is in use by the process with pid ${holder.pid}`);

function tryCreate(path: string, holder: Holder): boolean {
  try {
    fs.writeFileSync(path, JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(fs.readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isRunning(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return holder.started === null || startOf(holder.pid) === holder.started;
}

/** Field 22 of /proc/<pid>/stat, and the boot it counts from. */
function startOf(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return null;
  }
}
