import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../service/clock.ts';
import type { TcpProxy } from '../../testing/index.ts';
import { serverUrl } from '../../testing/servers/index.ts';
import type { Documents, DocumentStore } from '../documents.ts';
import { DuplicateKey, StaleVersion, StoreUnavailable } from '../documents.ts';
import { entry, type Note, note, noteIndexes } from '../documents-ground.contract.ts';
import { type MongoGround, mongoGround } from './testing/open-ground.ts';

let ground: MongoGround;
let store: DocumentStore;
let proxy: TcpProxy;
let notes: Documents<Note>;
/** The same notes, past every trouble. */
let witness: Documents<Note>;

const notesOf = { name: 'notes', indexes: noteIndexes };
const impatient = { clock: systemClock, connectMs: 500, answerMs: 1_000 };

beforeEach(async () => {
  ground = await mongoGround();
  ({ store, proxy } = await ground.open(impatient));
  notes = await store.collection<Note>(notesOf);
  witness = await (await ground.open()).store.collection<Note>(notesOf);
});
afterEach(() => ground.end());

const outcomeOf = (write: Promise<unknown>): Promise<unknown> =>
  write.then(
    () => 'acknowledged',
    (error: unknown) => error,
  );
/** Whatever is asked of a store that is away. */
const everything = (of: Documents<Note>): Promise<unknown>[] => [
  of.get('a'),
  of.getMany(['a']),
  of.find({ owner: 'ann' }, { limit: 5 }),
  of.count({}),
  of.sum({}, { by: ['owner'], of: 'size' }),
  of.insert(note('n1')),
  of.insertMany([note('n2'), note('n3')]),
  of.replace(note('a', { version: 2 }), 1, [entry('a', 2)]),
  of.replaceMany([{ doc: note('a', { version: 2 }), expectedVersion: 1 }]),
  of.remove(['b']),
  of.withOutbox('2027', 5),
  of.pullOutbox([{ id: 'a', entryIds: ['x'] }]),
];
const untilHealthy = async (): Promise<void> => {
  while ((await store.health()) !== null);
};

describe('a server that', () => {
  const troubles: [string, () => unknown][] = [
    ['is not there', () => proxy.mode('refuse')],
    ['says nothing any more', () => proxy.mode('blackhole')],
    ['hears and can not answer', () => proxy.mode('mute')],
  ];
  test.each(troubles)('%s makes the store unavailable, never wrong, until it is back', async (_, begin) => {
    await notes.insertMany([note('a'), note('b')]);
    await begin();
    const outcomes = await Promise.all(everything(notes).map(outcomeOf));
    for (const outcome of outcomes) expect(outcome).toBeInstanceOf(StoreUnavailable);
    expect(await store.health()).toMatch(/^MongoDB does not answer: [^\n]+$/);
    await proxy.mode('pass');
    await untilHealthy();
    expect(await notes.get('a')).toMatchObject({ owner: 'ann' });
    expect(await notes.withOutbox('2027', 5)).toEqual([]);
    await notes.insert(note('later'));
  });

  test('resets connections once is found again by the next call', async () => {
    await notes.insert(note('a'));
    proxy.cut();
    await untilHealthy();
    expect(await notes.get('a')).toMatchObject({ version: 1 });
  });

  test.each(troubles)('%s lets its store be closed', async (_, begin) => {
    await notes.insert(note('a'));
    const waiting = notes.find({}).catch(() => {});
    await begin();
    await store.close();
    await waiting;
  });

  test('is not there yet is waited for', async () => {
    await proxy.mode('refuse');
    const waited = Promise.withResolvers<string>();
    const log = { warn: (_: object, message: string) => waited.resolve(message), error: () => {} };
    const opening = ground.open({ ...impatient, url: proxy.through(serverUrl('mongodb')), log });
    expect(await waited.promise).toBe('waiting for the database server');
    await proxy.mode('pass');
    const late = await (await opening).store.collection<Note>(notesOf);
    expect(await late.count({})).toBe(0);
  });

  test('is not there is waited for no longer than told', async () => {
    await proxy.mode('refuse');
    const opening = ground.open({ ...impatient, url: proxy.through(serverUrl('mongodb')), waitMs: 0 });
    await expect(opening).rejects.toBeInstanceOf(StoreUnavailable);
  });
});

describe('a write whose answer is lost', () => {
  type Write = [string, (id: string) => Promise<unknown>, object];
  const writes: Write[] = [
    ['an insert', (id) => notes.insert(note(id), [entry(id, 1)]), { version: 1 }],
    ['a replace', (id) => notes.replace(note(id, { version: 2 }), 1, [entry(id, 2)]), { version: 2 }],
    ['a batch', (id) => notes.insertMany([note(id), note('other')]), { version: 1 }],
  ];
  test.each(writes)('may have landed, and is not told as anything else: %s', async (what, write, landed) => {
    const heard: string[] = [];
    notes.onOutbox((id) => heard.push(id));
    if (what === 'a replace') await witness.insert(note('a'));
    await notes.get('a');
    await proxy.mode('mute');
    await expect(write('a')).rejects.toBeInstanceOf(StoreUnavailable);
    expect(heard).toEqual([]);
    await proxy.mode('pass');
    await untilHealthy();
    expect(await notes.get('a')).toMatchObject(landed);
    await expect(notes.insert(note('a'))).rejects.toBeInstanceOf(DuplicateKey);
    if (what !== 'a batch') expect(await notes.withOutbox('2027', 10)).toMatchObject([{ _id: 'a' }]);
  });

  test('is one of zero or one when connections break under load; what was acknowledged is there, what was refused is not', async () => {
    const counters = Array.from({ length: 8 }, (_, at) => `c${at}`);
    await witness.insertMany([...counters, 'lone'].map((id) => note(id, { size: 0 })));
    const [lone, ...shared] = await Promise.all([countTo('lone', 40, 1), ...counters.map((id) => countTo(id, 40, 2))]);
    for (const { id, acknowledged, unknown } of [lone, ...shared]) {
      const { size = 0, version } = (await witness.get(id)) ?? {};
      expect(version).toBe(size + 1);
      expect(size).toBeGreaterThanOrEqual(acknowledged);
      expect(size).toBeLessThanOrEqual(acknowledged + unknown);
    }
    expect(lone.unknown).toBeGreaterThanOrEqual(4);
  });

  /** So many writers of one counter; each step that is acknowledged adds one. Every now and then the connections break: at any moment by a writer
   *  of `c0`, and by that of `lone` between a write of its own and the answer. */
  async function countTo(id: string, steps: number, writers: number): Promise<{ id: string; acknowledged: number; unknown: number }> {
    let acknowledged = 0;
    let unknown = 0;
    const write = async (): Promise<void> => {
      for (let step = 0; step < steps; step++) {
        const breaks = step % 10 === 5;
        if (id === 'c0' && breaks) proxy.cut();
        const current = await readNote(id);
        const replace = (): Promise<unknown> =>
          notes.replace({ ...current, version: current.version + 1, size: current.size + 1 }, current.version);
        const outcome = await (id === 'lone' && breaks ? breakBeforeAnswer(replace, current) : outcomeOf(replace()));
        if (outcome === 'acknowledged') acknowledged++;
        else if (outcome instanceof StoreUnavailable) unknown++;
        else expect(outcome).toBeInstanceOf(StaleVersion);
      }
    };
    await Promise.all(Array.from({ length: writers }, write));
    return { id, acknowledged, unknown };
  }

  /** Breaks the connections once this write has landed, while its answer is held up. Nobody else writes that note: what lands is this. */
  async function breakBeforeAnswer(write: () => Promise<unknown>, before: Note): Promise<unknown> {
    await proxy.mode('mute');
    let isOver = false;
    const outcome = outcomeOf(write()).finally(() => (isOver = true));
    while (!isOver && (await readNote(before._id)).version === before.version);
    proxy.cut();
    await proxy.mode('pass');
    return outcome;
  }

  async function readNote(id: string): Promise<Note> {
    const found = await witness.get(id);
    if (!found) throw new Error('it was there');
    return found;
  }
});

describe('many writers', () => {
  // a server may look for a deadlock only after a second, and find one for every key of every writer: of few the answer comes within its time
  test('that claim the same unique keys in batches, crosswise, all get an answer', async () => {
    const rounds = 10;
    for (let round = 0; round < rounds; round += 1) {
      const codes = ['a', 'b'].map((key) => `${key}${round}`);
      const batches = [0, 1].map((writer) => {
        const ordered = writer % 2 ? codes : codes.toReversed();
        return ordered.map((code) => note(`${writer}-${code}`, { code }));
      });
      const results = await Promise.all(batches.map((batch) => witness.insertMany(batch)));
      expect(results.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(codes.length);
      for (const [at, { inserted, duplicates }] of results.entries()) {
        expect(inserted + duplicates.length).toBe(codes.length);
        const refused = duplicates.map(({ index }) => index);
        expect(refused).toEqual(refused.toSorted());
        expect(duplicates).toEqual(refused.map((index) => ({ index, id: batches[at]![index]!._id, indexName: 'code' })));
      }
    }
    expect(await witness.count({ code: { $exists: true } })).toBe(2 * rounds);
  });
});

test('a store that was closed can not say anything any more', async () => {
  await store.close();
  for (const outcome of await Promise.all(everything(notes).map(outcomeOf))) expect(outcome).toBeInstanceOf(StoreUnavailable);
  expect(await store.health()).toContain('does not answer');
});
