import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { onLinux } from '../testing/on-linux.ts';
import { makeFolder } from './make-folder.ts';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'commonpurse-'));
});
afterAll(() => rm(base, { recursive: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('makes a folder and those above it, each with the mode asked for, and is content with what is there', async () => {
  const folder = join(base, 'a', 'b', 'c');
  await Promise.all([makeFolder(folder, 0o700), makeFolder(folder, 0o700)]);
  expect([await modeOf(folder), await modeOf(join(base, 'a'))]).toEqual([0o700, 0o700]);
  await makeFolder(folder);
  await symlink(folder, join(base, 'link'));
  await makeFolder(join(base, 'link'));
});

test('rejects where something else is in the way', async () => {
  await writeFile(join(base, 'file'), '');
  await symlink(join(base, 'nowhere'), join(base, 'dangling'));
  for (const name of ['file', 'dangling']) await expect(makeFolder(join(base, name))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(base, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

onLinux(test)('ends where a file system takes no folder and says of every new name that it is not there', async () => {
  await expect(makeFolder('/proc/commonpurse/logs')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/commonpurse' });
});
