import { beforeEach, describe, expect, test } from '@jest/globals';
import { fakeClock, memoryDisk, putBytes, readBytes, uncontestedLock } from '../../testing/index.ts';
import type { Doc, Documents, DocumentStore } from '../documents.ts';
import { StoreDamaged } from '../documents.ts';
import type { Disk } from './disk.ts';
import { openJsonStore } from './index.ts';

interface Note extends Doc {
  readonly text: string;
}
const declaration = { name: 'notes', indexes: [{ name: 'text', fields: ['text'] }] };
const journal = '/store/notes.journal.jsonl';
const snapshot = '/store/notes.jsonl';

let disk: Disk;
const warnings: string[] = [];
const log = { info: () => {}, error: () => {}, warn: (_: object, message: string) => void warnings.push(message) };
const openStore = (compactAboveBytes = 1e9): Promise<DocumentStore> =>
  openJsonStore({ directory: '/store', disk, clock: fakeClock(), log, compactAboveBytes });
const unlocked = (): Disk => ({ ...disk, lock: async () => uncontestedLock() });

/** Opens it, lets something happen, and closes it; a refusal comes out as it is. */
async function within<R>(act: (notes: Documents<Note>) => Promise<R>, compactAboveBytes?: number): Promise<R> {
  const store = await openStore(compactAboveBytes);
  try {
    return await act(await store.collection<Note>(declaration));
  } finally {
    await store.close();
  }
}
const texts = async (): Promise<string[]> => within(async (notes) => (await notes.find({})).map(({ text }) => text));
const refusal = async (): Promise<Error> => {
  const error = await texts().then(
    () => new Error('it opened'),
    (reason: unknown) => reason as Error,
  );
  expect(error).toBeInstanceOf(StoreDamaged);
  return error;
};
const insert = (...ids: string[]) =>
  within(async (notes) => {
    for (const id of ids) await notes.insert({ _id: id, version: 1, text: `text ${id}` });
  });
/** The same, and then a kill: no proper end has counted it. */
async function insertAndDie(...ids: string[]): Promise<void> {
  await insert();
  const listed = await bytesOf('/store/store.json');
  await insert(...ids);
  await put('/store/store.json', listed);
}

const bytesOf = (path: string): Promise<Buffer> => readBytes(disk, path);
const put = (path: string, bytes: Buffer): Promise<void> => putBytes(disk, path, bytes);
async function flip(path: string, needle: string): Promise<number> {
  const bytes = await bytesOf(path);
  const at = bytes.indexOf(needle);
  expect(at).toBeGreaterThan(0);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await put(path, bytes);
  return at;
}
const exists = async (path: string): Promise<boolean> => (await disk.list('/store')).includes(path.slice('/store/'.length));

/** A disk that has no room for a snapshot. */
const withoutSnapshots = (): Disk => ({
  ...disk,
  create: (path) => (path === `${snapshot}.next` ? Promise.reject(new Error('ENOSPC')) : disk.create(path)),
});

/** Two snapshots and journals behind them: `.bak` of both are there. */
async function fill(generations: number): Promise<string[]> {
  const written: string[] = [];
  for (let generation = 0; generation < generations; generation++) {
    await within(async (notes) => {
      const id = `n${generation}`;
      await notes.insert({ _id: id, version: 1, text: id });
      written.push(id);
      // the next write finds the journal too long and has it compacted
      await notes.insert({ _id: `${id}b`, version: 1, text: `${id}b` });
      written.push(`${id}b`);
      await compacted(generation + 1);
    }, 1);
  }
  return written;
}
async function compacted(generation: number): Promise<void> {
  for (;;) {
    const journals = await bytesOf(journal).catch(() => Buffer.alloc(0));
    if (journals.includes(`"generation":${generation},`) || journals.includes(`"generation":${generation}}`)) return;
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

beforeEach(() => {
  disk = memoryDisk();
  warnings.length = 0;
});

describe('a journal', () => {
  test('whose last batch is torn is cut there, and says so', async () => {
    await insertAndDie('a', 'b');
    const whole = await bytesOf(journal);
    // the closing batch and half of the last one are missing, as after a power cut
    await put(journal, whole.subarray(0, whole.indexOf('text b') + 3));
    expect(await texts()).toEqual(['text a']);
    expect(warnings).toEqual(['cut off what a crash had torn; none of it was acknowledged']);
    await insert('c');
    expect(await texts()).toEqual(['text a', 'text c']);
  });

  test.each([1, 10, 33, 34, 60])('torn %i bytes into its last batch is cut there', async (bytes) => {
    await insert('a');
    const before = (await bytesOf(journal)).length;
    await insert('b');
    await put(journal, (await bytesOf(journal)).subarray(0, before + bytes));
    expect(await texts()).toEqual(['text a']);
  });

  test('damaged in its middle is refused, naming file and place', async () => {
    await insert('a', 'b', 'c');
    await flip(journal, 'text b');
    const { message } = await refusal();
    expect(message).toMatch(/^\/store\/notes\.journal\.jsonl is damaged at byte \d+: later batches follow\. The way back: .*backup/);
    expect(await exists(journal)).toBe(true);
  });

  test('whose last acknowledged batch is damaged after a proper end is refused', async () => {
    await insert('a');
    await flip(journal, 'text a');
    expect((await refusal()).message).toContain('later batches follow');
  });

  test('whose last batch a start has found whole after a crash is refused when it is damaged later', async () => {
    await insert('a');
    const whole = await bytesOf(journal);
    // the closing batch is missing, as after a kill
    const closing = whole.toString().trimEnd().lastIndexOf('\n') + 1;
    await put(journal, whole.subarray(0, closing));
    expect(await texts()).toEqual(['text a']);
    expect(await bytesOf(journal)).toEqual(whole);
    await flip(journal, 'text a');
    expect((await refusal()).message).toContain('later batches follow');
  });

  test('that lost a batch in between is refused', async () => {
    await insert('a', 'b', 'c');
    const whole = await bytesOf(journal);
    const lines = whole.toString().split('\n');
    const lost = lines.findIndex((line) => line.includes('text b'));
    await put(journal, Buffer.from([...lines.slice(0, lost), ...lines.slice(lost + 2)].join('\n')));
    expect((await refusal()).message).toMatch(/batch 3 follows where 2 should/);
  });

  test('with a damaged beginning, or gone, is refused: a store never opens empty over data', async () => {
    await insert('a');
    const whole = await bytesOf(journal);
    await flip(journal, 'commonpurse');
    expect((await refusal()).message).toContain('is damaged at its beginning');
    await put(journal, Buffer.alloc(0));
    expect((await refusal()).message).toContain('is damaged at its beginning');
    await disk.remove(journal);
    expect((await refusal()).message).toContain(`${journal} is missing`);
    await put(journal, whole);
    expect(await texts()).toEqual(['text a']);
  });
});

describe('a snapshot', () => {
  test('damaged is refused, and the way back that the refusal names leads to everything', async () => {
    const written = await fill(3);
    await flip(snapshot, 'n1');
    const { message } = await refusal();
    expect(message.replace(/byte \d+/, 'byte N')).toBe(
      `${snapshot} is damaged at byte N. The way back: stop everything, move ${snapshot} away and rename ${snapshot}.bak to it; with ${journal}.bak and ${journal} it holds everything.`,
    );
    await disk.rename(snapshot, '/elsewhere/notes.jsonl');
    await disk.rename(`${snapshot}.bak`, snapshot);
    expect((await texts()).toSorted()).toEqual(written.toSorted());
    await fill(0);
    expect((await texts()).toSorted()).toEqual(written.toSorted());
  });

  test('with any of its bytes changed is refused', async () => {
    const written = await fill(2);
    const whole = await bytesOf(snapshot);
    for (const [at, byte] of whole.entries()) {
      await put(snapshot, Buffer.from(whole.with(at, byte ^ 1)));
      expect((await refusal()).message).toMatch(/is damaged at|does not hold what its last line says|don't belong together/);
    }
    await put(snapshot, whole);
    expect((await texts()).toSorted()).toEqual(written.toSorted());
  });

  test('the first one damaged: the journals hold everything', async () => {
    const written = await fill(1);
    await flip(snapshot, 'n0');
    expect((await refusal()).message).toContain(`move ${snapshot} away; ${journal}.bak and ${journal} hold everything`);
    await disk.rename(snapshot, '/elsewhere/notes.jsonl');
    expect(await texts()).toEqual(written);
  });

  test.each(['its end', 'a whole line'])('that lost %s is refused', async (what) => {
    await fill(2);
    const whole = await bytesOf(snapshot);
    const lines = whole.toString().split('\n');
    await put(snapshot, what === 'its end' ? whole.subarray(0, whole.length - 20) : Buffer.from([lines[0], ...lines.slice(2)].join('\n')));
    expect((await refusal()).message).toMatch(/damaged at byte|does not hold what its last line says/);
  });

  test('gone is refused; when nothing fits together any more, only a backup helps', async () => {
    await fill(2);
    const kept = await bytesOf(snapshot);
    await disk.remove(snapshot);
    expect((await refusal()).message).toMatch(/is missing\. The way back: .* rename .*\.bak to it/);
    await disk.remove(`${journal}.bak`);
    expect((await refusal()).message).toMatch(/is missing\. The way back: .* of all services back from one backup/);
    await put(snapshot, kept);
    await disk.remove(journal);
    expect((await refusal()).message).toMatch(/is missing/);
  });

  test('of another time than the journal is refused', async () => {
    await fill(1);
    const old = await bytesOf(snapshot);
    disk = memoryDisk();
    await fill(3);
    await put(snapshot, old);
    await disk.remove(`${journal}.bak`);
    expect((await refusal()).message).toContain("don't belong together");
  });

  test('left unfinished by a crash is thrown away, and the compaction is done again', async () => {
    await fill(1);
    await put(`${snapshot}.next`, Buffer.from('half a snap'));
    expect(await texts()).toEqual(['n0', 'n0b']);
    expect(await exists(`${snapshot}.next`)).toBe(false);
  });
});

describe('a store', () => {
  test('whose newest journal is gone before its snapshot was there is refused, and starts with it', async () => {
    await insert('a');
    const store = await openJsonStore({ directory: '/store', disk: withoutSnapshots(), clock: fakeClock(), log, compactAboveBytes: 1 });
    const notes = await store.collection<Note>(declaration);
    await notes.insert({ _id: 'b', version: 1, text: 'text b' });
    while (!(await exists(`${journal}.next`))) await new Promise((resolve) => void setImmediate(resolve));
    for (const id of ['c', 'd', 'e']) await notes.insert({ _id: id, version: 1, text: `text ${id}` });
    await store.close();
    const kept = await bytesOf(`${journal}.next`);
    expect(kept.toString()).toContain('text e');
    await put(`${journal}.next`, Buffer.alloc(0));
    expect((await refusal()).message).toContain(`${journal}.next is damaged at its beginning`);
    expect(await exists(`${journal}.next`)).toBe(true);
    await disk.remove(`${journal}.next`);
    expect((await refusal()).message).toMatch(
      /notes\.journal\.jsonl\.next is missing .*The way back: .* of all services back from one backup/,
    );
    await put(`${journal}.next`, kept);
    expect(await texts()).toEqual(['a', 'b', 'c', 'd', 'e'].map((id) => `text ${id}`));
  });

  test('whose list of collections is gone, torn or foreign is refused', async () => {
    await insert('a');
    const list = await bytesOf('/store/store.json');
    await disk.remove('/store/store.json');
    expect((await refusal()).message).toContain('store.json is missing');
    await put('/store/store.json', list.subarray(0, 10));
    expect((await refusal()).message).toContain('store.json is damaged');
    for (const [at, byte] of list.entries()) {
      await put('/store/store.json', Buffer.from(list.with(at, byte ^ 1)));
      const opened = await texts().catch((error: unknown) => error);
      // what was changed in the name of the checksum itself changes nothing
      if (opened instanceof Error) expect(opened).toBeInstanceOf(StoreDamaged);
      else expect(list.toString('utf8', at - 9, at + 11)).toContain('"checksum"');
    }
    await put('/store/store.json', Buffer.from('{"name":"another product"}'));
    expect((await refusal()).message).toContain('store.json');
    await put('/store/store.json', list);
    expect(await texts()).toEqual(['text a']);
  });

  test('of a newer version is refused', async () => {
    await insert('a');
    await put('/store/store.json', Buffer.from(JSON.stringify({ commonpurse: 'store', format: 2, collections: ['notes'] })));
    expect((await refusal()).message).toContain('newer version');
  });

  test('whose data hurts an index that is declared unique now is refused', async () => {
    await within((notes) => notes.insertMany(['a', 'b'].map((id) => ({ _id: id, version: 1, text: 'same' }))));
    const store = await openStore();
    const unique = { name: 'notes', indexes: [{ name: 'text', fields: ['text'], unique: true }] };
    await expect(store.collection<Note>(unique)).rejects.toThrow('a and b have the same text, which is declared unique');
    await store.close();
  });

  test('opens a collection once, and only by one opener', async () => {
    const store = await openStore();
    await store.collection<Note>(declaration);
    await expect(store.collection<Note>(declaration)).rejects.toThrow('open already');
    await expect(openStore()).rejects.toThrow('in use');
    disk = unlocked();
    await expect(openStore()).resolves.toBeDefined();
  });

  test('refuses an index on what it changes by itself', async () => {
    const store = await openStore();
    await expect(store.collection<Note>({ name: 'x', indexes: [{ name: 'o', fields: ['outbox.id'] }] })).rejects.toThrow("the store's own");
  });
});
