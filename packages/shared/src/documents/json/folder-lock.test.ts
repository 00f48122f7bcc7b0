import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { readFileSync, utimesSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { onLinux } from '../../testing/index.ts';
import { StoreUnavailable } from '../documents.ts';
import { lockFolder } from './folder-lock.ts';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  path = join(folder, 'store.lock');
});
afterEach(() => rm(folder, { recursive: true }));

const holder = async (): Promise<Record<string, unknown>> => JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
/** Leaves a lock as another process would have. */
const leave = (facts: object): Promise<void> => writeFile(path, JSON.stringify(facts));
const quick = { beatMs: 20, patienceMs: 150 };

test('a folder in use is refused in one line that names the process and the folder; released, it is free', async () => {
  const lock = await lockFolder(folder);
  const refusal = await lockFolder(folder).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StoreUnavailable);
  expect((refusal as Error).message).toBe(`${folder} is in use by the process with pid ${process.pid}`);
  await lock.release();
  await (await lockFolder(folder)).release();
});

test('a copy of a folder in use is refused as a copy: to end that process would end the system that was copied', async () => {
  const lock = await lockFolder(folder);
  const copy = `${folder}-copy`;
  await cp(folder, copy, { recursive: true });
  await expect(lockFolder(copy)).rejects.toThrow(
    `${copy} holds the lock of the process with pid ${process.pid}, which uses ${folder}: where this is a copy of that, remove store.lock from the folders of all services`,
  );
  await rm(join(copy, 'store.lock'));
  await (await lockFolder(copy)).release();
  await rm(copy, { recursive: true });
  await lock.release();
});

test('a lock for which the disk has no room leaves nothing behind', async () => {
  const write = jest.spyOn(fs, 'writeFileSync').mockImplementationOnce((draft) => {
    fs.closeSync(fs.openSync(draft as string, 'w'));
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  await expect(lockFolder(folder)).rejects.toThrow('ENOSPC');
  write.mockRestore();
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a process that is gone does not count', async () => {
  const mine = await lockFolder(folder);
  const facts = await holder();
  await mine.release();
  await leave({ ...facts, pid: 2 ** 22 + 1 });
  await (await lockFolder(folder)).release();
});

test('a process that has got the pid of the dead holder is not taken for it', async () => {
  const mine = await lockFolder(folder);
  const facts = await holder();
  await mine.release();
  await leave({ ...facts, started: '1' });
  await (await lockFolder(folder)).release();
});

/** Leaves a lock as a process of this machine would have that was started now. */
async function leaveAs(pid: number): Promise<void> {
  const mine = await lockFolder(folder);
  const facts = await holder();
  await mine.release();
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  await leave({ ...facts, pid, started: line.slice(line.lastIndexOf(')') + 2).split(' ')[19] });
}

onLinux(test)('a process that is being killed is waited for', async () => {
  const large = spawn(process.execPath, ['-e', 'globalThis.kept = Buffer.alloc(4e8, 1); console.log("large"); setInterval(() => {}, 1e3)']);
  await once(large.stdout, 'data');
  await leaveAs(large.pid!);
  large.kill('SIGKILL');
  await (await lockFolder(folder)).release();
});

onLinux(test)('a killed process that its parent never asks for does not count', async () => {
  const careless = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000']);
  try {
    const [pid] = (await once(careless.stdout, 'data')) as [Buffer];
    await leaveAs(Number(pid));
    process.kill(Number(pid), 'SIGKILL');
    await (await lockFolder(folder)).release();
  } finally {
    careless.kill('SIGKILL');
  }
});

test('a process of somebody else is alive, too', async () => {
  const mine = await lockFolder(folder);
  const facts = await holder();
  await mine.release();
  await leave({ ...facts, pid: 1, started: null });
  await expect(lockFolder(folder)).rejects.toThrow('pid 1');
});

test('a lock that makes no sense is taken away', async () => {
  await writeFile(path, '{ torn');
  await (await lockFolder(folder)).release();
});

test('a holder in another container counts for as long as it touches its lock', async () => {
  await leave({ pid: 7, world: 'another', started: '1' });
  // at once: one that is still under way when the patience is over would be too late
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), 20);
  await expect(lockFolder(folder, quick)).rejects.toThrow(`another container or machine, which keeps touching ${path}`);
  clearInterval(beat);
  await (await lockFolder(folder, quick)).release();
});

test('who holds a lock keeps touching it', async () => {
  const lock = await lockFolder(folder, quick);
  for (let beats = 0; beats < 3; beats += 1) {
    await utimes(path, 0, 0);
    while ((await stat(path)).mtimeMs === 0);
  }
  await lock.release();
});

test('who stood still and was taken for dead hears of it, may not go on, and leaves the lock of whoever came', async () => {
  const still = await lockFolder(folder, { ...quick, beatMs: 1_000 });
  still.check();
  const other = { pid: 7, world: 'another', started: '1' };
  await leave(other);
  expect(await still.lost).toBeInstanceOf(StoreUnavailable);
  expect(() => still.check()).toThrow(`${folder} is not held by this process any more: its lock was taken or removed`);
  await still.release();
  expect(await holder()).toEqual(other);
});

/** Runs in a process that may open few files. `exhaust()` leaves it none; what it prints is the answer. */
async function withFewFiles(body: string): Promise<string> {
  const program = `
    import fs from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { lockFolder } from '${new URL('./folder-lock.ts', import.meta.url).href}';
    const [folder, times] = [${JSON.stringify(folder)}, ${JSON.stringify(quick)}];
    const exhaust = () => { try { for (;;) fs.openSync('/dev/null'); } catch (error) { if (error.code !== 'EMFILE') throw error; } };
    ${body}`;
  const node = `ulimit -n 64; exec "$0" --input-type=module -e "$1"`;
  const child = spawn('sh', ['-c', node, process.execPath, program], { stdio: ['ignore', 'pipe', 'inherit'] });
  return (await child.stdout.toArray()).join('').trim();
}

onLinux(test)('a process that can open no file for a while keeps its lock, touches it, and may go on', async () => {
  const touched = await withFewFiles(`
    const lock = await lockFolder(folder, times);
    void lock.lost.then(({ message }) => { console.log(message); process.exit(); });
    exhaust();
    const touchedAt = () => fs.statSync(folder + '/store.lock').mtimeMs;
    for (const since = touchedAt(); touchedAt() < since + 2 * times.patienceMs; ) { lock.check(); await sleep(times.beatMs); }
    console.log('goes on');
    process.exit();`);
  expect(touched).toBe('goes on');
});

onLinux(test)('a process that can open no file notices all the same that its lock was taken', async () => {
  const noticed = await withFewFiles(`
    const lock = await lockFolder(folder, times);
    fs.writeFileSync(folder + '/another', '{ "pid": 7, "world": "another", "started": "1" }');
    exhaust();
    fs.renameSync(folder + '/another', folder + '/store.lock');
    setInterval(() => {}, 1_000);
    console.log((await lock.lost).message);
    process.exit();`);
  expect(noticed).toBe(`${folder} is not held by this process any more: its lock was taken or removed`);
});

onLinux(test)('who can not get at its lock any more hears why', async () => {
  const lock = await lockFolder(folder, quick);
  const moved = `${folder}-moved`;
  await rename(folder, moved);
  await symlink(folder, folder);
  const loss = await lock.lost;
  expect(loss).toBeInstanceOf(StoreUnavailable);
  expect(loss.message).toMatch(/^\S+ is not held by this process any more: its lock can not be looked at \(ELOOP: .*\)$/);
  await lock.release();
  await rm(folder);
  await rename(moved, folder);
});

test('a lock that can not be read is left where it is, for somebody may hold it', async () => {
  await mkdir(path);
  await expect(lockFolder(folder)).rejects.toThrow('EISDIR');
  expect(await readdir(folder)).toEqual(['store.lock']);
});

test('of many that find a dead lock one gets the folder', async () => {
  await leave({ pid: 2 ** 22 + 1, world: null, started: null });
  const tries = await Promise.allSettled(Array.from({ length: 5 }, () => lockFolder(folder, quick)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
