import { expect, test } from '@jest/globals';
import { fakeClock, memoryDisk } from '../../testing/index.ts';
import type { CollectionDeclaration, Doc, Documents, Filter } from '../documents.ts';
import { openJsonStore } from './index.ts';
import { sortSliced } from './sliced-sort.ts';

interface Note extends Doc {
  readonly rank: number;
  readonly text?: string;
  readonly tags?: readonly string[];
  readonly parts?: readonly { readonly name?: string }[];
  readonly kept?: { readonly on: string };
}

async function open(declaration: Omit<CollectionDeclaration, 'name'>): Promise<Documents<Note>> {
  const store = await openJsonStore({ directory: '/store', disk: memoryDisk(), clock: fakeClock() });
  return store.collection<Note>({ name: 'notes', ...declaration });
}
const byRankUp = [
  ['rank', 1],
  ['_id', 1],
] as const;
const byRank = { name: 'rank', fields: ['rank', '_id'] };
const ranked = (at: number) => ({ _id: `n${at}`, version: 1, rank: at });

/** Holds for every document, which takes longer than a slice of time to find out. */
const slowly: Filter = { $or: [...Array.from({ length: 30_000 }, () => ({ text: { $contains: 'x' } })), { rank: { $gte: 0 } }] };

test('meets each of a few documents once though one is moved ahead while they are looked at', async () => {
  const notes = await open({ indexes: [byRank] });
  await notes.insertMany([1, 2, 3].map((at) => ({ ...ranked(at), text: 'y' })));
  const moved = notes.replace({ ...ranked(1), version: 2, rank: 9, text: 'y' }, 1);
  const found = await notes.find(slowly, { sort: byRankUp, limit: 10 });
  await moved;
  expect(found.map(({ _id }) => _id)).toEqual(['n1', 'n2', 'n3']);
});

test('goes on where it was though the first list comes into an index while it rests', async () => {
  const notes = await open({ indexes: [{ name: 'tags', fields: ['tags', 'rank', '_id'] }] });
  const count = 20_000;
  await notes.insertMany(Array.from({ length: count }, (_, at) => ranked(at)));
  const found = notes.find({ tags: null, $or: [{ text: { $contains: 'x' } }, { rank: { $gte: 0 } }] }, { sort: byRankUp });
  await notes.insert({ ...ranked(count), tags: ['red', 'round'] });
  expect((await found).map(({ rank }) => rank)).toEqual(Array.from({ length: count }, (_, at) => at));
});

test('an empty list is not null, also when it is the first list that comes into an index', async () => {
  const notes = await open({ indexes: [{ name: 'tags', fields: ['tags', 'rank', '_id'] }] });
  const count = 50_000;
  await notes.insertMany(Array.from({ length: count }, (_, at) => ranked(at)));
  const found = notes.find({ tags: null }, { sort: byRankUp });
  await notes.insert({ ...ranked(count), tags: [] });
  expect(await found).toHaveLength(count);
});

test.each(['tags', 'parts.name', 'kept'])('refuses to sort by %s, in which lists and objects have no order', async (field) => {
  const notes = await open({ indexes: [] });
  const listed = { tags: ['a'], parts: [{ name: 'a' }], kept: { on: '2026-01-01' } };
  await notes.insertMany([ranked(1), { ...ranked(2), ...listed }, { ...ranked(3), ...listed }]);
  await expect(notes.find({}, { sort: [[field, 1]] })).rejects.toThrow(`lists and objects have no order: ${field}`);
});

test('merges cold documents by a field below others also where they have to be read', async () => {
  const notes = await open({ cold: true, indexes: [{ name: 'kept', fields: ['text', 'kept.on', '_id'] }] });
  const days = ['2026-01-03', '2026-01-01', '2026-01-04', '2026-01-02'];
  await notes.insertMany(days.map((on, at) => ({ ...ranked(at), text: at < 2 ? 'x' : 'y', kept: { on } })));
  const filter: Filter = { text: { $in: ['x', 'y'] }, rank: { $gte: 0 } };
  const sort = [['kept.on', 1] as const, ['_id', 1] as const];
  expect((await notes.find(filter, { sort, limit: 4 })).map(({ kept }) => kept?.on)).toEqual(days.toSorted());
});

test('a cold document has nothing in the elements of an empty list', async () => {
  const notes = await open({ cold: true, indexes: [{ name: 'part', fields: ['parts.name'] }] });
  await notes.insertMany([
    { ...ranked(0), parts: [] },
    { ...ranked(1), parts: [{}] },
    { ...ranked(2), parts: [{ name: 'wheel' }] },
  ]);
  expect((await notes.find({ 'parts.name': { $exists: false } })).map(({ rank }) => rank)).toEqual([0, 1]);
});

test('gives up, with the reason, what nobody waits for any more, and leaves what follows alone', async () => {
  const notes = await open({ indexes: [byRank] });
  await notes.insertMany(Array.from({ length: 200 }, (_, at) => ranked(at)));
  const waiting = new AbortController();
  const { signal } = waiting;
  let looked = 0;
  const searches = [notes.find(slowly, { signal }), notes.find(slowly, { signal, sort: byRankUp }), notes.count(slowly, { signal })];
  const counted = Promise.allSettled(searches.map((search) => search.finally(() => (looked += 1))));
  await new Promise((resolve) => setImmediate(resolve));
  expect(looked).toBe(0);
  waiting.abort(new Error('gone'));
  const outcomes = await counted;
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as Error).message)).toEqual(['gone', 'gone', 'gone']);
  expect(await notes.find({}, { signal: new AbortController().signal })).toHaveLength(200);
});

test('is not sorted to the end when nobody waits for it any more', async () => {
  const waiting = new AbortController();
  const items = Array.from({ length: 50_000 }, (_, at) => 50_000 - at);
  const sorted = sortSliced(items, { compare: (a, b) => a - b, limit: Infinity, signal: waiting.signal });
  waiting.abort(new Error('gone'));
  await expect(sorted).rejects.toThrow('gone');
});
