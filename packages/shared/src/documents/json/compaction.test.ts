import { beforeEach, expect, test } from '@jest/globals';
import type { SimulatedDisk } from '../../testing/index.ts';
import { fakeClock, mulberry32, overriding, simulatedDisk } from '../../testing/index.ts';
import type { Doc, Documents } from '../documents.ts';
import type { Disk } from './disk.ts';
import { openJsonStore } from './index.ts';

interface Note extends Doc {
  readonly text: string;
}

let disk: SimulatedDisk;
beforeEach(() => {
  disk = simulatedDisk(mulberry32(1));
});

/** Whether a compaction was begun by the time that these writes were durable: closing gives it up, and what it has made stays. */
async function compacts(write: (notes: Documents<Note>) => Promise<unknown>): Promise<boolean> {
  const store = await openJsonStore({ directory: '/store', disk, clock: fakeClock(), compactAboveBytes: 4_000 });
  const notes = await store.collection<Note>({ name: 'notes', indexes: [] });
  await write(notes);
  await store.close();
  return (await disk.list('/store')).some((name) => name === 'notes.journal.jsonl.next' || name === 'notes.jsonl');
}

/** Each a good 1,000 bytes. */
const note = (name: string, version = 1) => ({ _id: name, version, text: name.padEnd(1_000, '.') });
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `note-${at}`);
const insert = (notes: Documents<Note>, count: number) => notes.insertMany(names(count).map((name) => note(name)));

test('a journal of new documents only may become eight times as long', async () => {
  expect(await compacts((notes) => insert(notes, 25))).toBe(false);
});

test('beyond that it is compacted', async () => {
  expect(await compacts((notes) => insert(notes, 35))).toBe(true);
});

test('what replaces others counts from the first byte', async () => {
  const write = async (notes: Documents<Note>): Promise<void> => {
    await insert(notes, 5);
    for (const name of names(5)) await notes.replace(note(name, 2), 1);
  };
  expect(await compacts(write)).toBe(true);
});

test('what has been removed is not new any more', async () => {
  const write = async (notes: Documents<Note>): Promise<void> => {
    await insert(notes, 10);
    await notes.remove(names(5));
  };
  expect(await compacts(write)).toBe(true);
});

test('what a journal held before a start counts as old', async () => {
  await compacts((notes) => insert(notes, 5));
  expect(await compacts((notes) => notes.insert(note('one more')))).toBe(true);
});

/** Takes no snapshot as a whole. */
const withoutRoom = (): Disk =>
  overriding<Disk>(disk, {
    create: async (path) => {
      const file = await disk.create(path);
      if (!path.endsWith('/notes.jsonl.next')) return file;
      const write = async (from: Buffer, position: number): Promise<number> => {
        if (position + from.length > 2_000) throw new Error('ENOSPC: no space left on device, write');
        return file.write(from, position);
      };
      return overriding(file, { write });
    },
  });

test('one that there is no room for gives back what it has taken, and writers go on', async () => {
  const failed = Promise.withResolvers<unknown>();
  const log = { info: () => {}, error: () => {}, warn: failed.resolve };
  const store = await openJsonStore({ directory: '/store', disk: withoutRoom(), clock: fakeClock(), log, compactAboveBytes: 1_000 });
  const notes = await store.collection<Note>({ name: 'notes', indexes: [] });
  await insert(notes, 10);
  expect(await failed.promise).toMatchObject({ collection: 'notes', err: { message: expect.stringContaining('ENOSPC') } });
  expect(await disk.list('/store')).toEqual(['store.json', 'notes.journal.jsonl', 'notes.journal.jsonl.next']);
  await notes.insert(note('one more'));
  expect(await notes.count({})).toBe(11);
  await store.close();
});
