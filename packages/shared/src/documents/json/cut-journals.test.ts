import { beforeEach, describe, expect, test } from '@jest/globals';
import { fakeClock, memoryDisk, putBytes, readBytes } from '../../testing/index.ts';
import type { Doc, Documents, DocumentStore } from '../documents.ts';
import { StoreDamaged } from '../documents.ts';
import type { Disk } from './disk.ts';
import { openJsonStore } from './index.ts';

interface Note extends Doc {
  readonly text: string;
}
const journal = '/store/notes.journal.jsonl';

let disk: Disk;
beforeEach(() => {
  disk = memoryDisk();
});

const openStore = (): Promise<DocumentStore> => openJsonStore({ directory: '/store', disk, clock: fakeClock() });
async function within<R>(act: (notes: Documents<Note>) => Promise<R>): Promise<R> {
  const store = await openStore();
  try {
    return await act(await store.collection<Note>({ name: 'notes', indexes: [] }));
  } finally {
    await store.close();
  }
}
const texts = (): Promise<string[]> => within(async (notes) => (await notes.find({})).map(({ text }) => text));
const insert = (...ids: string[]): Promise<void> =>
  within(async (notes) => {
    for (const id of ids) await notes.insert({ _id: id, version: 1, text: `text ${id}` });
  });
const bytes = (): Promise<Buffer> => readBytes(disk, journal);

describe('a journal that was closed properly', () => {
  test.each([
    ['in the middle of a line', (whole: Buffer) => whole.indexOf('text b') + 3],
    ['between two batches', (whole: Buffer) => whole.subarray(0, whole.indexOf('text b')).lastIndexOf('\n') + 1],
  ])('and is cut %s later is refused, and left as it is', async (_, placeIn) => {
    await insert('a', 'b', 'c');
    const whole = await bytes();
    const cut = whole.subarray(0, placeIn(whole));
    await putBytes(disk, journal, cut);
    const refusal = await texts().catch((error: unknown) => error as Error);
    expect(refusal).toBeInstanceOf(StoreDamaged);
    expect((refusal as Error).message).toBe(
      `${journal} ends with batch 1, and went on to 3 when it was closed: what was written last is missing. ` +
        'The way back: stop everything and bring the folders of all services back from one backup.',
    );
    expect(await bytes()).toEqual(cut);
    await putBytes(disk, journal, whole);
    expect(await texts()).toEqual(['text a', 'text b', 'text c']);
  });

  test('and is replaced by an older one of itself is refused', async () => {
    await insert('a');
    const older = await bytes();
    await insert('b');
    await putBytes(disk, journal, older);
    await expect(texts()).rejects.toThrow('what was written last is missing');
  });

  test('may lose its closing line, for nobody was told of what is in it', async () => {
    await insert('a');
    const whole = await bytes();
    await putBytes(disk, journal, whole.subarray(0, whole.lastIndexOf('\n', whole.length - 2) + 1));
    expect(await texts()).toEqual(['text a']);
  });
});

test('what a crash tears after a proper end is cut off', async () => {
  await insert('a');
  const closed = await readBytes(disk, '/store/store.json');
  await insert('b');
  const whole = await bytes();
  // as a kill leaves it: nothing has counted what came after the first end
  await putBytes(disk, '/store/store.json', closed);
  await putBytes(disk, journal, whole.subarray(0, whole.indexOf('text b') + 3));
  expect(await texts()).toEqual(['text a']);
  await insert('c');
  expect(await texts()).toEqual(['text a', 'text c']);
});
