import { beforeEach, expect, test } from '@jest/globals';
import { fakeClock, memoryDisk, readBytes } from '../../testing/index.ts';
import type { Doc, Documents, DocumentStore } from '../documents.ts';
import { StoreDamaged } from '../documents.ts';
import type { Disk } from './disk.ts';
import { openJsonStore } from './index.ts';

interface Note extends Doc {
  readonly text: string;
}

let disk: Disk;
let store: DocumentStore;
let notes: Documents<Note>;
beforeEach(async () => {
  disk = memoryDisk();
  await open();
});

async function open(): Promise<void> {
  store = await openJsonStore({ directory: '/store', disk, clock: fakeClock(), compactAboveBytes: 1_000 });
  notes = await store.collection<Note>({ name: 'notes', indexes: [], cold: true });
}
const insert = (name: string, text: string) => notes.insert({ _id: name, version: 1, text });

/** Changes one letter of the journal, as a disk does that fails without a word; what it holds then is still JSON. */
async function rot(needle: string, into: string): Promise<void> {
  const journal = '/store/notes.journal.jsonl';
  const at = (await readBytes(disk, journal)).indexOf(needle);
  await (await disk.open(journal)).write(Buffer.from(into), at);
}

test('what has changed on the disk since it was written is told from what was written, and harms nothing else', async () => {
  await insert('a', '100.00 paid');
  await insert('b', '200.00 paid');
  await rot('200.00', '900.00');
  await expect(notes.get('b')).rejects.toThrow(/^b is damaged where it lies on the disk, at byte \d+$/);
  await expect(notes.find({})).rejects.toThrow(StoreDamaged);
  expect(await notes.get('a')).toMatchObject({ text: '100.00 paid' });
});

test('a compaction never seals damage anew: the store stops, and the next start names the way back', async () => {
  await insert('a', '100.00 paid');
  await rot('100.00', '900.00');
  for (const name of ['b', 'c', 'd']) await insert(name, 'x'.repeat(3_000));
  expect((await store.failed).message).toMatch(/^\/store\/notes: a is damaged where it lies on the disk/);
  await store.close();
  await expect(open()).rejects.toThrow(/^\/store\/notes\.journal\.jsonl is damaged at byte \d+: later batches follow\. The way back: /);
  await store.close();
});

test('many large documents are read with turns for others in between', async () => {
  const size = 200_000;
  for (let n = 0; n < 40; n += 1) await insert(`n${n}`, '"'.repeat(size));
  const parse = JSON.parse;
  let parsed = 0;
  let [most, inThisTurn] = [0, 0];
  JSON.parse = (text, reviver) => {
    if (text.length < size) return parse(text, reviver) as unknown;
    parsed += 1;
    most = Math.max(most, (inThisTurn += 1));
    // as long as this may take on a slow machine
    for (const until = performance.now() + 2; performance.now() < until;);
    return parse(text, reviver) as unknown;
  };
  const turn = (): void => {
    inThisTurn = 0;
    if (parsed < 40) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    expect(await notes.find({})).toHaveLength(40);
  } finally {
    JSON.parse = parse;
  }
  expect(parsed).toBe(40);
  expect(most).toBeLessThan(10);
});
