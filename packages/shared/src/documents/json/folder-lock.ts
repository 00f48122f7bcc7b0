import fs from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLeaving, markOf, type ProcessMark, runs } from '../../service/process-mark.ts';
import { StoreUnavailable } from '../documents.ts';
import type { FolderLock } from './disk.ts';

/** Who has a folder, and which one: a lock is copied with the rest. Older versions don't say which. */
interface Holder extends ProcessMark {
  readonly folder?: string;
}
interface LockTimes {
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
  const mine: Holder = { ...markOf(process.pid), folder: fs.realpathSync(folder) };
  for (let attempt = 0; attempt < 10; attempt++) {
    if (create(path, mine)) return hold(folder, path, mine, times);
    const holder = read(path);
    if (holder && (await isAlive(path, holder, mine, times))) throw inUse(folder, path, holder, mine);
    takeAway(path, holder);
  }
  throw new StoreUnavailable(`${folder} can't be locked: others keep taking it`);
}

function inUse(folder: string, path: string, holder: Holder, mine: Holder): StoreUnavailable {
  const isCopied = holder.world === mine.world && holder.folder !== undefined && holder.folder !== mine.folder;
  if (isCopied) return copied(folder, holder);
  if (holder.world === mine.world) return new StoreUnavailable(`${folder} is in use by the process with pid ${holder.pid}`);
  return new StoreUnavailable(`${folder} is in use by pid ${holder.pid} of another container or machine, which keeps touching ${path}`);
}
/** It may also be the same folder, moved or under another name, so that it is not taken. */
const copied = (folder: string, { pid, folder: original }: Holder): StoreUnavailable =>
  new StoreUnavailable(
    `${folder} holds the lock of the process with pid ${pid}, which uses ${original}: where this is a copy of that, remove store.lock from the folders of all services`,
  );

/** Nobody takes it within `patienceMs` of the last touch, so for half of that nobody has to look. */
function hold(folder: string, path: string, mine: Holder, { beatMs, patienceMs }: LockTimes): FolderLock {
  const lost = Promise.withResolvers<Error>();
  const touches = touchesOf(path);
  const isMine = (): boolean => {
    try {
      return JSON.stringify(read(path)) === JSON.stringify(mine);
    } catch {
      return touches.show();
    }
  };
  const loss = (): StoreUnavailable | null => {
    try {
      return isMine() ? null : notHeld(folder, 'its lock was taken or removed');
    } catch (error) {
      return notHeld(folder, `its lock can not be looked at (${(error as Error).message})`);
    }
  };
  let touchedAtMs = performance.now();
  const touch = (): void => {
    const noticed = loss();
    if (noticed) return lost.resolve(noticed);
    const atMs = performance.now();
    touches.touch(() => (touchedAtMs = atMs));
  };
  const beat = setInterval(touch, beatMs);
  beat.unref();
  return {
    check: () => {
      const noticed = performance.now() - touchedAtMs > patienceMs / 2 ? loss() : null;
      if (noticed) throw noticed;
    },
    lost: lost.promise,
    release: async () => {
      clearInterval(beat);
      if (loss() === null) fs.rmSync(path, { force: true });
    },
  };
}

/** The touches of a lock just made. They tell it from another one also where it can't be read: a process that many connect to may have no file
 *  left to open, and neither touching nor looking at the time of a touch needs one. */
function touchesOf(path: string): { touch(done: () => void): void; show(): boolean } {
  const made = fs.statSync(path);
  /** The last one that is done, and those under way. */
  let timesMs = [Math.round(made.mtimeMs)];
  return {
    touch: (done) => {
      const now = new Date();
      timesMs.push(now.getTime());
      fs.utimes(path, now, now, (error) => {
        const nth = timesMs.indexOf(now.getTime());
        timesMs = error === null ? timesMs.slice(nth) : timesMs.toSpliced(nth, 1);
        if (error === null) done();
      });
    },
    show: () => {
      const there = fs.statSync(path, { throwIfNoEntry: false });
      return there?.ino === made.ino && timesMs.includes(Math.round(there.mtimeMs));
    },
  };
}
const notHeld = (folder: string, why: string): StoreUnavailable =>
  new StoreUnavailable(`${folder} is not held by this process any more: ${why}`);

/** The file appears with its contents, or not at all. */
function create(path: string, holder: Holder): boolean {
  const draft = `${path}.${randomUUID()}`;
  try {
    fs.writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
    fs.linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** null: there is none, or it makes no sense. Throws where that can't be told. */
function read(path: string): Holder | null {
  try {
    return JSON.parse(fs.readFileSync(path, 'utf8')) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
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
  if (holder.world === mine.world) return isHere(holder, patienceMs);
  const before = touchedAt(path);
  await sleep(patienceMs);
  return touchedAt(path) !== before;
}

const touchedAt = (path: string): number | null => fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;

const lookEveryMs = 10;

/** A process that was killed takes a moment to go: its memory is given back, and what it was writing is written to its end. */
async function isHere(holder: Holder, patienceMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += lookEveryMs) {
    if (!isLeaving(holder.pid)) break;
    await sleep(lookEveryMs);
  }
  return runs(holder);
}
