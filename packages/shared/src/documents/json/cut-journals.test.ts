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
  said.length = 0;
});

const said: string[] = [];
const say = (_: object, message: string): void => void said.push(message);
const log = { info: () => {}, warn: say, error: say };
const openStore = (): Promise<DocumentStore> => openJsonStore({ directory: '/store', disk, clock: fakeClock(), log });
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

  test.each([
    ['one of many', ['a', 'b'], ['text a']],
    ['the only one', ['b'], []],
  ])('and whose last batch, %s, is torn later is cut off there, says that something is lost, and opens again', async (_, ids, left) => {
    await insert(...ids);
    const whole = await bytes();
    await putBytes(disk, journal, whole.subarray(0, whole.indexOf('text b') + 3));
    expect(await texts()).toEqual(left);
    expect(said).toEqual(['cut off the last batch, which is torn and was whole at the last proper end: what was in it is lost']);
    expect(await texts()).toEqual(left);
    await insert('c');
    expect(await texts()).toEqual([...left, 'text c']);
  });

  test('and is torn is not refused for that later, whenever the start that cuts it off dies', async () => {
    await insert('b');
    const whole = await bytes();
    const torn = whole.subarray(0, whole.indexOf('text b') + 3);
    await putBytes(disk, journal, torn);
    expect(await texts()).toEqual([]);
    const cut = await bytes();
    for (const found of [torn, cut, cut.subarray(0, whole.indexOf('\n') + 1)]) {
      await putBytes(disk, journal, found);
      expect(await texts()).toEqual([]);
    }
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
