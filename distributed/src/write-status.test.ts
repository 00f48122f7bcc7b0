import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ProcessList, readProcessList } from '@commonpurse/shared/service';
import { createStatusFile } from './write-status.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commonpurse-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const list: ProcessList = { pid: 1, url: 'http://127.0.0.1:8080', processes: [] };

test('a list that can not be written is said, and the next change writes it', async () => {
  const data = join(folder, 'data');
  const said: string[] = [];
  const status = createStatusFile(
    join(data, 'processes.json'),
    () => list,
    (line) => said.push(line),
  );
  status.changed();
  await status.settled();
  expect(said).toEqual([expect.stringMatching(/^the list of processes could not be written: ENOENT/)]);
  await mkdir(data);
  status.changed();
  await status.settled();
  expect(await readProcessList(join(data, 'processes.json'))).toEqual(list);
  expect(said).toHaveLength(1);
});
