import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Documents } from '@commonpurse/shared/documents';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { systemClock } from '@commonpurse/shared/service';
import { mulberry32 } from '@commonpurse/shared/testing';
import { checkIndexes, type Note, noteDeclaration } from './note.ts';

const KILLS = 8;
let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'store-kill-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Lets a process write until it has acknowledged so many writes, and kills it; answers what it acknowledged. */
async function writeAndDie(life: number, afterLines: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'store-kill.main.ts'), directory, String(life)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (out.split('\n').length > afterLines) child.kill('SIGKILL');
  });
  await closed;
  if (child.signalCode !== 'SIGKILL') throw new Error(`the writer ended by itself: ${said}`);
  return out.split('\n').slice(0, -1);
}

test(`what was acknowledged is there after each of ${KILLS} kill -9, and the next start is not kept out by the dead one's lock`, async () => {
  const random = mulberry32(4711);
  const promised = new Map<string, number>();
  for (let life = 0; life < KILLS; life += 1) {
    for (const line of await writeAndDie(life, 1 + Math.floor(random() * 600))) {
      const [collection, id, version] = line.split(' ');
      promised.set(`${collection} ${id}`, Number(version));
    }
    const store = await openJsonStore({ directory, clock: systemClock, compactAboveBytes: 40_000 });
    const open: Record<string, Documents<Note>> = {
      notes: await store.collection<Note>(noteDeclaration(false)),
      cold: await store.collection<Note>({ ...noteDeclaration(true), name: 'cold' }),
    };
    for (const [key, version] of promised) {
      const [collection = '', id = ''] = key.split(' ');
      const found = await open[collection]?.get(id);
      if (version === 0) expect([key, found]).toEqual([key, null]);
      // the fifth of each writer is removed right after its second version, which nobody may have heard
      else if (found || Number(id.split('-')[2]) % 5 !== 4) expect(found?.version).toBeGreaterThanOrEqual(version);
    }
    for (const notes of Object.values(open)) await checkIndexes(notes, await notes.find({}));
    await store.close();
  }
  expect(promised.size).toBeGreaterThan(KILLS);
}, 900_000);
