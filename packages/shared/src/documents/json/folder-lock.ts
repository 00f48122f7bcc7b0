import fs from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../documents.ts';
import type { FolderLock } from './disk.ts';

/** Who has a folder. */
interface Holder {
  readonly pid: number;
  /** The boot and the process namespace that the pid belongs to; null where the system doesn't say. */
  readonly world: string | null;
  /** When that process was started, in the kernel's own words: a recycled pid is not taken for it. */
  readonly started: string | null;
}
export interface LockTimes {
  /** How often a holder shows that it lives. */
  readonly beatMs: number;
  /** How long a holder whose process can't be looked up may go without showing it. */
  readonly patienceMs: number;
}
const USUAL: LockTimes = { beatMs: 1_000, patienceMs: 5_000 };

/** One writer per folder: a file that names its holder. A holder that no longer runs doesn't count, so that a restart right after a kill
 *  goes on at once; one from another container or machine counts for as long as it touches the file. */
export async function lockFolder(folder: string, times: LockTimes = USUAL): Promise<FolderLock> {
  const path = join(folder, 'store.lock');
  const mine: Holder = { pid: process.pid, world: worldOf(), started: startOf(process.pid) };
  for (let attempt = 0; attempt < 10; attempt++) {
    if (create(path, mine)) return hold(path, times);
    const holder = read(path);
    if (holder && (await isAlive(path, holder, mine, times))) throw inUse(folder, path, holder, mine);
    takeAway(path, holder);
  }
  throw new StoreUnavailable(`${folder} can't be locked: others keep taking it`);
}

function inUse(folder: string, path: string, holder: Holder, mine: Holder): StoreUnavailable {
  if (holder.world === mine.world) return new StoreUnavailable(`${folder} is in use by the process with pid ${holder.pid}`);
  return new StoreUnavailable(`${folder} is in use by pid ${holder.pid} of another container or machine, which keeps touching ${path}`);
}

function hold(path: string, { beatMs }: LockTimes): FolderLock {
  const beat = setInterval(() => {
    const now = new Date();
    fs.utimes(path, now, now, () => {});
  }, beatMs);
  beat.unref();
  return {
    release: async () => {
      clearInterval(beat);
      fs.rmSync(path, { force: true });
    },
  };
}

/** The file appears with its contents, or not at all. */
function create(path: string, holder: Holder): boolean {
  const draft = `${path}.${randomUUID()}`;
  fs.writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    fs.linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function read(path: string): Holder | null {
  try {
    return JSON.parse(fs.readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

/** Removes the lock of a dead holder, unless somebody else has done so and holds it now. */
function takeAway(path: string, dead: Holder | null): void {
  const claimed = `${path}.taken`;
  try {
    fs.renameSync(path, claimed);
  } catch {
    return;
  }
  const taken = read(claimed);
  if (JSON.stringify(taken) !== JSON.stringify(dead)) fs.renameSync(claimed, path);
  else fs.rmSync(claimed, { force: true });
}

async function isAlive(path: string, holder: Holder, mine: Holder, { patienceMs }: LockTimes): Promise<boolean> {
  if (holder.world === mine.world) return runs(holder);
  const before = touchedAt(path);
  await sleep(patienceMs);
  return touchedAt(path) !== before;
}

const touchedAt = (path: string): number | null => fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;

function runs(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return holder.started === null || startOf(holder.pid) === holder.started;
}

/** Linux only: the boot, and the namespace in which pids are counted. */
function worldOf(): string | null {
  try {
    return `${fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fs.readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

/** Linux only: field 22 of /proc/<pid>/stat (proc(5)), clock ticks since boot. */
function startOf(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
