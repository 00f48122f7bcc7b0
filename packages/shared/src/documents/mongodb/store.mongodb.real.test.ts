import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DuplicateKey, StoreRefused, StoreUnavailable } from '../documents.ts';
import { entry, type Note, note, noteIndexes } from '../documents-ground.contract.ts';
import { type MongoGround, mongoGround } from './testing/open-ground.ts';

let ground: MongoGround;
beforeEach(async () => {
  ground = await mongoGround();
});
afterEach(() => ground.end());

const notesOf = { name: 'notes', indexes: noteIndexes };
const refusalOf = (opening: Promise<unknown>): Promise<unknown> => opening.catch((error: unknown) => error);

describe('a database', () => {
  test('that is empty becomes ours, also when many open it at once', async () => {
    const instances = await Promise.all(Array.from({ length: 8 }, () => ground.open()));
    const notes = await Promise.all(instances.map(({ store }) => store.collection<Note>(notesOf)));
    await notes[0]!.insert(note('a', { code: 'K' }));
    for (const each of notes) await expect(each.insert(note('b', { code: 'K' }))).rejects.toBeInstanceOf(DuplicateKey);
    expect(await ground.bare.collection('store').find().toArray()).toEqual([{ _id: 'store', commonpurse: 'store', format: 1 }]);
    expect(await Promise.all(instances.map(({ store }) => store.health()))).toEqual(instances.map(() => null));
  });

  test.each(['orders', 'store'])("with another product's %s is refused, and left as it is", async (name) => {
    await ground.bare.collection(name).insertOne({ product: 'other' });
    const refusal = await refusalOf(ground.open());
    expect(refusal).toBeInstanceOf(StoreRefused);
    expect(String(refusal)).toContain(`the database ${ground.database} holds another product's data`);
    expect(await ground.bare.collection('store').countDocuments({ commonpurse: 'store' })).toBe(0);
  });

  test('that a newer version has written is refused', async () => {
    await ground.bare.collection<{ _id: string }>('store').insertOne({ _id: 'store', commonpurse: 'store', format: 2 } as { _id: string });
    const refusal = await refusalOf(ground.open());
    expect(refusal).toBeInstanceOf(StoreRefused);
    expect(String(refusal)).toContain('was written by a newer version (format 2; this one knows 1)');
  });

  test('has one name for each collection, and keeps one for itself', async () => {
    const { store } = await ground.open();
    await store.collection(notesOf);
    await expect(store.collection(notesOf)).rejects.toThrow('notes is open already');
    await expect(store.collection({ name: 'store', indexes: [] })).rejects.toThrow('store is open already');
  });
});

describe('indexes', () => {
  test('are made as declared', async () => {
    const { store } = await ground.open();
    await (await store.collection<Note>(notesOf)).withOutbox('2026', 1);
    const indexes = await ground.bare.collection('notes').listIndexes().toArray();
    expect(indexes.map(({ name, key, unique, sparse }) => ({ name: name as string, key: key as object, unique, sparse }))).toEqual([
      { name: '_id_', key: { _id: 1 } },
      { name: 'owner', key: { owner: 1, size: 1, _id: 1 } },
      { name: 'tags', key: { tags: 1, _id: 1 } },
      { name: 'code', key: { code: 1 }, unique: true, sparse: true },
      { name: 'outbox-at', key: { 'outbox.at': 1 }, sparse: true },
    ]);
  });

  test('that are there and differ are reported and stay', async () => {
    await (await ground.open()).store.close();
    await ground.bare.collection('notes').createIndex({ code: 1 }, { name: 'code' });
    const warnings: string[] = [];
    const log = { warn: (_: object, message: string) => void warnings.push(message), error: () => {} };
    const { store } = await ground.open({ log });
    const notes = await store.collection<Note>(notesOf);
    expect(warnings).toHaveLength(1);
    expect(await store.health()).toBe('notes: index code is {"code":1} where unique sparse {"code":1} is declared');
    expect(await ground.bare.collection('notes').indexExists('code')).toBe(true);
    await notes.insert(note('a'));
    expect(await notes.get('a')).toMatchObject({ size: 1 });
  });

  test('that must be unique are refused over documents that are not', async () => {
    await (await ground.open()).store.close();
    await ground.bare.collection('notes').insertMany([{ code: 'K' }, { code: 'K' }]);
    const { store } = await ground.open();
    const refusal = await refusalOf(store.collection(notesOf));
    // which of the two depends on whether the server says why by a code
    expect([StoreRefused, StoreUnavailable].some((kind) => refusal instanceof kind)).toBe(true);
    expect(String(refusal)).toMatch(/notes: index code[ :][^\n]+$/);
  });
});

test('a document that waits for the relay no more is not in the index of those that do', async () => {
  const notes = await (await ground.open()).store.collection<Note>(notesOf);
  await notes.insert(note('a'), [entry('a', 1)]);
  const stored = (): Promise<unknown> => ground.bare.collection<{ _id: string }>('notes').findOne({ _id: 'a' });
  expect(await stored()).toHaveProperty('outbox');
  await notes.pullOutbox([{ id: 'a', entryIds: [entry('a', 1).id] }]);
  expect(await stored()).not.toHaveProperty('outbox');
  await notes.replace(note('a', { version: 2 }), 1);
  expect(await stored()).not.toHaveProperty('outbox');
});

describe('documents', () => {
  const odd = JSON.parse(
    '{"$set": 1, "a.b": {"$gt": ""}, "": "", "__proto__": {"x": null}, "constructor": [[], {}, [1.5, -2e15]]}',
  ) as object;

  test('come back as they went in, whatever their names and values mean to the server', async () => {
    const notes = await (await ground.open()).store.collection<Note>({ name: 'notes', indexes: [] });
    const draft = { ...note('a', { size: 9_007_199_254_740_991, title: '$title' }), odd };
    const stored = await notes.insert(draft);
    expect(JSON.stringify(await notes.get('a'))).toBe(JSON.stringify(stored));
    const replaced = await notes.replace({ ...draft, version: 2 }, 1, [{ id: 'e', change: { before: null, after: odd } } as never]);
    expect(await notes.get('a')).toEqual(replaced);
    expect(JSON.stringify((await notes.get('a')) as unknown as { odd: object })).toContain(JSON.stringify(odd));
    expect((await notes.get('a'))?.outbox?.[0]?.change?.after).toEqual(odd);
  });

  test('that are too large are refused as such: trying again would not help', async () => {
    const notes = await (await ground.open()).store.collection<Note>({ name: 'notes', indexes: [] });
    for (const megabytes of [16, 17, 50]) {
      const refusal = await refusalOf(notes.insert(note('a', { title: 'x'.repeat(megabytes * 1024 * 1024) })));
      expect(refusal).toHaveProperty('message');
      expect(refusal).not.toBeInstanceOf(StoreUnavailable);
    }
    expect(await notes.get('a')).toBeNull();
  });

  test('that come at once with one that no server takes land without it', async () => {
    const notes = await (await ground.open()).store.collection<Note>({ name: 'notes', indexes: [] });
    const ids = Array.from({ length: 20 }, (_, at) => `n-${String(at).padStart(2, '0')}`);
    const outcomes = await Promise.allSettled(
      ids.map((id, at) => notes.insert(note(id, { title: at === 10 ? 'x'.repeat(17 * 1024 * 1024) : 'short' }))),
    );
    expect(outcomes.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([10]);
    expect((await notes.find({})).map(({ _id }) => _id)).toEqual(ids.toSpliced(10, 1));
  });

  test('with arrays for elements of a unique key collide by any of them', async () => {
    const notes = await (
      await ground.open()
    ).store.collection<Note>({
      name: 'notes',
      indexes: [{ name: 'tags', fields: ['tags'], unique: true }],
    });
    await notes.insert(note('a', { tags: ['x', 'y', 'y'] }));
    await expect(notes.insert(note('b', { tags: ['z', 'y'] }))).rejects.toMatchObject({ name: 'DuplicateKey', indexName: 'tags' });
    await notes.insert(note('c', { tags: ['z'] }));
    await expect(notes.replace(note('c', { version: 2, tags: ['x'] }), 1)).rejects.toMatchObject({ indexName: 'tags' });
  });
});
