import { chown, cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { processListIn, readProcessList, startedProcess, systemClock, writeProcessList } from '@commonpurse/shared/service';
import { operate } from './operate.ts';
import { startEmbedded } from './start-embedded.ts';

const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
const env = { PATH, HOME, NODE_COMPILE_CACHE };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commonpurse-ops-'));
  await (await startEmbedded(folder, env)).stop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ops(line: string, over: Record<string, string> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const given = { ...env, DATA_DIR: folder, ...over };
  const print = (text: string): void => void out.push(text);
  const code = await operate(line.split(' '), { env: given, clock: systemClock, print, complain: (text) => void err.push(text) });
  return { code, out, err };
}

describe('a system at rest', () => {
  test('is started for a command and stopped after it, also where one was killed', async () => {
    expect(await ops('make-admin nobody@home.example')).toEqual({
      code: 1,
      out: [],
      err: ['commonpurse: no verified account has the address nobody@home.example'],
    });
    const nobody = { pid: 2 ** 22 + 1 };
    const anotherProgramNow = { ...startedProcess(), started: '1' };
    for (const killed of [nobody, anotherProgramNow]) {
      await writeProcessList(processListIn(folder), { ...killed, url: 'http://127.0.0.1:9', processes: [] });
      expect(await ops('reseal')).toEqual({ code: 0, out: ['0 secrets were sealed anew'], err: [] });
    }
    expect(await readProcessList(processListIn(folder))).toBeNull();
  });

  test('is not taken for the one that it was copied from, which goes on', async () => {
    const copied = await mkdtemp(join(tmpdir(), 'commonpurse-copied-'));
    const copy = `${copied}-copy`;
    const original = await startEmbedded(copied, env);
    await cp(copied, copy, { recursive: true });
    expect(await ops('status', { DATA_DIR: copied })).toMatchObject({ code: 0 });
    const elsewhere = [expect.stringMatching(`^commonpurse: no system runs with this DATA_DIR \\(${copy}\\)`)];
    expect(await ops('status', { DATA_DIR: copy })).toEqual({ code: 1, out: [], err: elsewhere });
    const refused = [expect.stringMatching(/can't be started for this: commonpurse: .*where this is a copy of that, remove store\.lock/)];
    expect(await ops('rotate-keys', { DATA_DIR: copy })).toEqual({ code: 1, out: [], err: refused });
    await original.stop();
    for (const gone of [copied, copy]) await rm(gone, { recursive: true });
  });

  test('is not started to be asked how it is doing, nor where it has no data', async () => {
    const nobody = [expect.stringMatching(/^commonpurse: no system runs with this DATA_DIR /)];
    expect(await ops('reseal', { DATA_DIR: join(folder, 'nowhere') })).toEqual({ code: 1, out: [], err: nobody });
    expect(await ops('status')).toEqual({ code: 1, out: [], err: nobody });
  });

  test("is not started by root where it is another user's, who could not open it afterwards", async () => {
    const { uid: me } = await stat(folder);
    const owner = me === 0 ? 12_345 : me;
    const kept = join(folder, 'auth', 'store.json');
    await chown(kept, owner, -1);
    const byRoot = startEmbedded(folder, env, 0);
    await expect(byRoot).rejects.toThrow(`${kept} belongs to another user (uid ${owner}), who could not open it any more`);
    await chown(kept, me, -1);
  });

  test('that cannot be started says why', async () => {
    expect(await ops('reseal', { LOG_LEVEL: 'loud' })).toEqual({
      code: 1,
      out: [],
      err: [expect.stringMatching(/^commonpurse: the system at rest in .* can't be started for this: commonpurse: LOG_LEVEL: /)],
    });
  });
});
