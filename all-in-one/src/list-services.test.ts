import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { processListIn, readProcessList, type ServiceName } from '@commonpurse/shared/service';
import { listServices } from './list-services.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'listed-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const listThere = (): Promise<() => Promise<void>> =>
  listServices(dataDir, 'http://127.0.0.1:1', new Map<ServiceName, string>([['auth', 'http://127.0.0.1:2']]));

describe('where the services listen', () => {
  test('can be read for as long as they do', async () => {
    const unlist = await listThere();
    expect((await readProcessList(processListIn(dataDir)))?.processes.map(({ service, url }) => `${service} ${url}`)).toEqual([
      'gateway http://127.0.0.1:1',
      'auth http://127.0.0.1:2',
    ]);
    await unlist();
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('and an end goes on where that can not be taken back', async () => {
    const unlist = await listThere();
    await rm(processListIn(dataDir));
    await mkdir(processListIn(dataDir));
    await unlist();
  });
});
