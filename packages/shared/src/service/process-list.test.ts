import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { onLinux } from '../testing/index.ts';
import { isRunning, startedProcess } from './process-list.ts';
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
