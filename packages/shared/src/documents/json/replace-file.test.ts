import { expect, test } from '@jest/globals';
import { mulberry32, type SimulatedDisk, simulatedDisk } from '../../testing/index.ts';
import type { Disk } from './disk.ts';
import { replaceFile } from './replace-file.ts';

const path = '/store/list.json';
const [before, after] = ['["one"]\n', `["one", "${'two'.repeat(700)}"]\n`];

async function contentsOf(disk: Disk): Promise<string> {
  const file = await disk.open(path);
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  await file.close();
  return bytes.toString();
}
async function holdingBefore(seed: number): Promise<SimulatedDisk> {
  const disk = simulatedDisk(mulberry32(seed));
  await replaceFile(disk, path, before);
  return disk;
}

test('a file that was replaced is what a power cut leaves, and nothing else is left', async () => {
  const cut = (await holdingBefore(1)).powerCut();
  expect([await contentsOf(cut), await cut.list('/store')]).toEqual([before, ['list.json']]);
});

test('a power cut in between leaves the old one whole or the new one', async () => {
  const left = new Set<string>();
  for (let seed = 1; seed <= 100; seed += 1) {
    const disk = (await holdingBefore(seed)).kill({ dieAt: 1 + (seed % 6), shortRate: 0.5 });
    await Promise.race([replaceFile(disk, path, after), disk.died]);
    left.add(await contentsOf(disk.powerCut()));
  }
  expect([...left].toSorted()).toEqual([before, after].toSorted());
});

test('what the disk refuses is told, and the old one stays', async () => {
  const disk = (await holdingBefore(1)).kill({ errorRate: 1 });
  await expect(replaceFile(disk, path, after)).rejects.toMatchObject({ code: expect.stringMatching(/EIO|ENOSPC/) });
  expect([await contentsOf(disk.powerCut()), disk.misuse]).toEqual([before, null]);
});
