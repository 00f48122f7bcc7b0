import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { onLinux } from '../testing/index.ts';
import { isListOf, isRunning, startedProcess } from './process-list.ts';
import { markOf } from './process-mark.ts';

const here = { ...startedProcess(), url: '', processes: [] };
const [boot, namespace] = (here.world ?? '').split(' ');
const nobody = 2 ** 22 + 1;

test('a system runs as long as its process does', () => {
  expect(isRunning(here)).toBe(true);
  expect(isRunning({ ...here, pid: nobody })).toBe(false);
});

test('one that said nothing but its pid is believed', () => {
  const { pid, url, processes } = here;
  expect(isRunning({ pid, url, processes })).toBe(true);
  expect(isRunning({ pid: nobody, url, processes })).toBe(false);
});

onLinux(test)('a program that has got its pid is not taken for it, nor one of a later boot', () => {
  expect(isRunning({ ...here, started: '1' })).toBe(false);
  const anotherUsers = 1;
  expect(isRunning({ ...here, pid: anotherUsers, started: 'never' })).toBe(false);
  expect(isRunning({ ...here, world: `another ${namespace}` })).toBe(false);
});

onLinux(test)('in a container of this machine its pid is another, so it is believed while there is any', () => {
  const elsewhere = { ...here, world: `${boot} pid:[1]`, started: '1' };
  expect(isRunning(elsewhere)).toBe(true);
  expect(isRunning({ ...elsewhere, pid: nobody })).toBe(false);
});

test('a list is of the folder that it was written in, by whatever name, and not of a copy', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'listed-'));
  try {
    const [name, copy] = [`${folder}/name`, `${folder}/copy`];
    await symlink(folder, name);
    await mkdir(copy);
    const list = { ...here, dataDir: await realpath(folder) };
    expect(await isListOf(name, list)).toBe(true);
    expect(await isListOf(copy, list)).toBe(false);
    expect(await isListOf(copy, here)).toBe(true);
    expect(await isListOf(copy, { ...list, world: `${boot} pid:[1]` })).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});

onLinux(test)('one that was killed does not run, though its parent never asks for it', async () => {
  const careless = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000']);
  try {
    const [line] = (await once(careless.stdout, 'data')) as [Buffer];
    const child = { ...markOf(Number(line)), url: '', processes: [] };
    expect(isRunning(child)).toBe(true);
    process.kill(child.pid, 'SIGKILL');
    while (isRunning(child)) await new Promise(setImmediate);
  } finally {
    careless.kill('SIGKILL');
  }
});
