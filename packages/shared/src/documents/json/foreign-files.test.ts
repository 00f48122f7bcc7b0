import { beforeEach, describe, expect, test } from '@jest/globals';
import { fakeClock, memoryDisk, putBytes, readBytes } from '../../testing/index.ts';
import type { Doc } from '../documents.ts';
import { StoreDamaged } from '../documents.ts';
import type { Disk } from './disk.ts';
import { openJsonStore } from './index.ts';

interface Note extends Doc {
  readonly text: string;
}
const names = ['notes', 'letters'] as const;
type Name = (typeof names)[number];

let disk: Disk;
let serial = 0;
beforeEach(() => {
  disk = memoryDisk();
});

/** Opens both collections, inserts these texts into one of them, and ends. */
async function texts(into: Name, inserted: readonly string[] = [], compactAboveBytes = 1e9): Promise<Record<Name, string[]>> {
  const store = await openJsonStore({ directory: '/store', disk, clock: fakeClock(), compactAboveBytes });
  try {
    const [notes, letters] = await Promise.all(names.map((name) => store.collection<Note>({ name, indexes: [] })));
    const collections = { notes: notes!, letters: letters! };
    for (const text of inserted) await collections[into].insert({ _id: text, version: 1, text });
    const all = async (name: Name): Promise<string[]> => (await collections[name].find({})).map(({ text }) => text);
    return { notes: await all('notes'), letters: await all('letters') };
  } finally {
    await store.close();
  }
}
const refusal = async (): Promise<string> => {
  const error: unknown = await texts('notes').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreDamaged);
  return (error as Error).message;
};
const bytesOf = (path: string): Promise<Buffer> => readBytes(disk, path);
const put = (path: string, bytes: Buffer): Promise<void> => putBytes(disk, path, bytes);
const journalOf = (name: Name): string => `/store/${name}.journal.jsonl`;
/** Gives a collection a snapshot, and a journal behind it. */
async function compact(name: Name): Promise<void> {
  while (!(await disk.list('/store')).includes(`${name}.jsonl`)) await texts(name, [`text ${(serial += 1)}`], 1);
}

describe('a file that holds', () => {
  test("another collection's journal is refused, however sound it is", async () => {
    await texts('notes', ['a']);
    await texts('letters', ['b']);
    const [notes, letters] = [await bytesOf(journalOf('notes')), await bytesOf(journalOf('letters'))];
    await put(journalOf('notes'), letters);
    await put(journalOf('letters'), notes);
    expect(await refusal()).toMatch(/^\/store\/notes\.journal\.jsonl holds the journal of letters\. The way back/);
    await put(journalOf('notes'), notes);
    await put(journalOf('letters'), letters);
    expect(await texts('notes')).toEqual({ notes: ['a'], letters: ['b'] });
  });

  test("another collection's snapshot is refused, and its own backup leads to everything", async () => {
    await compact('letters');
    await compact('notes');
    const written = await texts('notes');
    await put('/store/notes.jsonl', await bytesOf('/store/letters.jsonl'));
    expect(await refusal()).toMatch(/^\/store\/notes\.jsonl holds the snapshot of letters\. The way back: .* hold everything\.$/);
    await disk.remove('/store/notes.jsonl');
    expect(await texts('notes')).toEqual(written);
  });

  test('its own journal where the snapshot belongs is refused', async () => {
    await texts('notes', ['a']);
    await put('/store/notes.jsonl', await bytesOf(journalOf('notes')));
    expect(await refusal()).toContain('/store/notes.jsonl holds the journal of notes');
  });

  test('something else as a backup is left alone, for nothing is read from it', async () => {
    await texts('letters', ['other']);
    await texts('notes', ['a']);
    await put(`${journalOf('notes')}.bak`, await bytesOf(journalOf('letters')));
    expect(await texts('notes')).toEqual({ notes: ['a'], letters: ['other'] });
  });
});

test('a copy of the journal that somebody has made as its backup is not read instead of what was written since', async () => {
  await texts('notes', ['a']);
  await put(`${journalOf('notes')}.bak`, await bytesOf(journalOf('notes')));
  await texts('notes', ['b']);
  const copied = await bytesOf(`${journalOf('notes')}.bak`);
  expect(await texts('notes')).toMatchObject({ notes: ['a', 'b'] });
  expect(await bytesOf(`${journalOf('notes')}.bak`)).toEqual(copied);
  await put(`${journalOf('notes')}.bak`, copied.subarray(0, -80));
  expect(await texts('notes', ['c'])).toMatchObject({ notes: ['a', 'b', 'c'] });
});
