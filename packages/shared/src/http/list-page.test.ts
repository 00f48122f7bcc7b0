import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Doc, Documents, DocumentStore } from '../documents/documents.ts';
import { openJsonStore } from '../documents/json/index.ts';
import { systemClock } from '../service/clock.ts';
import { memoryDisk } from '../testing/memory-disk.ts';
import { arrayPage, listPage, listParameters, pageOf, wholeListParameters } from './list-page.ts';
import type { ListQuery } from './list-page.ts';
import { parseOrRefuse } from './validate.ts';

interface Note extends Doc {
  readonly ownerId: string;
  readonly at: { readonly day: string } | null;
}
let store: DocumentStore;
let notes: Documents<Note>;
beforeAll(async () => {
  store = await openJsonStore({ directory: '/s', disk: memoryDisk(), clock: systemClock });
  notes = await store.collection<Note>({ name: 'notes', indexes: [{ name: 'day', fields: ['ownerId', 'at.day', '_id'] }] });
  const days = Array.from({ length: 25 }, (_, index) => (index % 7 === 0 ? null : { day: `2026-01-${10 + (index % 5)}` }));
  await notes.insertMany(days.map((at, index) => ({ _id: `n${String(index).padStart(2, '0')}`, version: 1, ownerId: 'ada', at })));
});
afterAll(() => store.close());

const scope = { installationKey: Buffer.alloc(32), userId: 'ada', route: '/notes', sort: 'day', filter: {} };
const list = (query: ListQuery, direction: 1 | -1) =>
  listPage({
    documents: notes,
    filter: () => ({ ownerId: 'ada' }),
    sort: [
      ['at.day', direction],
      ['_id', direction],
    ],
    query,
    scope,
    render: (note) => note._id,
  });

describe('A list', () => {
  test.each([1, -1] as const)('in pages shows everything once, in order (%s)', async (direction) => {
    const whole = await list({ limit: 200, count: true }, direction);
    expect([whole.items.length, whole.total, whole.nextCursor]).toEqual([25, 25, null]);
    const paged: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await list({ limit: 4, count: false, cursor }, direction);
      expect(page).not.toHaveProperty('total');
      paged.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole.items);
  });

  test('that is at hand shows everything once, newest first, and counts all of it on every page', () => {
    const page = (cursor?: string) =>
      arrayPage({
        items: ['b', 'e', 'a', 'd', 'c'],
        query: { limit: 2, count: true, cursor },
        scope,
        render: (item) => item,
        keyOf: (item) => item,
      });
    const first = page();
    const second = page(first.nextCursor!);
    const last = page(second.nextCursor!);
    expect([first, second, last].map(({ items, total }) => [...items, total])).toEqual([
      ['e', 'd', 5],
      ['c', 'b', 5],
      ['a', 5],
    ]);
    expect(last.nextCursor).toBeNull();
  });

  test('that is at hand can go upwards, and is whole where nobody asks for less', () => {
    const items = ['b', 'e', 'a', 'd', 'c'];
    const page = (query: Partial<ListQuery>) =>
      arrayPage({ items, query: { count: false, ...query }, scope, direction: 1, render: (item) => item, keyOf: (item) => item });
    const first = page({ limit: 3 });
    expect(first.items).toEqual(['a', 'b', 'c']);
    expect(page({ limit: 3, cursor: first.nextCursor! })).toEqual({ items: ['d', 'e'], nextCursor: null });
    expect(page({})).toEqual({ items: ['a', 'b', 'c', 'd', 'e'], nextCursor: null });
  });

  test('refuses a cursor that is not its own', async () => {
    await expect(list({ limit: 4, count: false, cursor: 'made-up' }, 1)).rejects.toMatchObject({
      errors: [{ path: '/cursor', code: 'cursor-invalid' }],
    });
  });

  test('has parameters with defaults and bounds', () => {
    const Query = z.strictObject(listParameters);
    expect(parseOrRefuse(Query, {})).toEqual({ limit: 50, count: false });
    expect(parseOrRefuse(Query, { limit: '200', count: 'true', cursor: 'c' })).toEqual({ limit: 200, count: true, cursor: 'c' });
    expect(parseOrRefuse(Query, { limit: '1' })).toEqual({ limit: 1, count: false });
    for (const limit of ['0', '201', '-1', '1e2', '', '1.5', '1000000000']) {
      expect(() => parseOrRefuse(Query, { limit })).toThrow(expect.objectContaining({ status: 400 }));
    }
    expect(() => parseOrRefuse(Query, { count: 'yes' })).toThrow(expect.objectContaining({ status: 400 }));
  });

  test('that is shown whole has the same parameters and bounds, and no default', () => {
    const Query = z.strictObject(wholeListParameters);
    expect(parseOrRefuse(Query, {})).toEqual({ count: false });
    expect(parseOrRefuse(Query, { limit: '200' })).toEqual({ limit: 200, count: false });
    for (const limit of ['0', '201', '', '1.5']) {
      expect(() => parseOrRefuse(Query, { limit })).toThrow(expect.objectContaining({ status: 400 }));
    }
  });

  test('has an answer that says what an item is', () => {
    const Notes = pageOf(z.string());
    for (const page of [
      { items: ['a'], nextCursor: null },
      { items: [], nextCursor: 'c', total: 0 },
    ])
      expect(Notes.parse(page)).toEqual(page);
    expect(Notes.safeParse({ items: [1], nextCursor: null }).success).toBe(false);
  });
});
