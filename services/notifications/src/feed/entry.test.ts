import { describe, expect, test } from '@jest/globals';
import type { FeedPage } from './entry.ts';
import { behindPages, contiguousAfter, entriesOf, entryKey, pageId, pageOf } from './entry.ts';

const draft = (key: string) => ({ key, kind: 'record.created' as const, at: '2026-01-01T00:00:00.000Z', data: { id: key, version: 1 } });
const page = (first: number, ...keys: string[]): FeedPage => ({ ...pageOf('u', first - 1, keys.map(draft)), changedAt: '' });

describe('a page of the feed', () => {
  test('numbers its entries right behind the last one', () => {
    const next = pageOf('u', 41, [draft('a'), draft('b')]);
    expect([next._id, next.first, next.last]).toEqual(['u:000000000042', 42, 43]);
    expect(entriesOf(next).map(({ seq, key, userId }) => [seq, key, userId])).toEqual([
      [42, 'a', 'u'],
      [43, 'b', 'u'],
    ]);
  });

  test('sorts by its id as by its numbers, apart from every other user', () => {
    const ids = [pageId('u', 2), behindPages('u'), pageId('u', 10), pageId('t', 99), pageId('v', 0), pageId('u', 0)];
    expect(ids.toSorted()).toEqual([pageId('t', 99), pageId('u', 0), pageId('u', 2), pageId('u', 10), behindPages('u'), pageId('v', 0)]);
  });

  test('is read on from anywhere, up to the first gap', () => {
    const pages = [page(1, 'a', 'b'), page(3, 'c'), page(5, 'e')];
    expect(contiguousAfter(0, pages).map((entry) => entry.seq)).toEqual([1, 2, 3]);
    expect(contiguousAfter(1, pages).map((entry) => entry.seq)).toEqual([2, 3]);
    expect(contiguousAfter(3, pages)).toEqual([]);
    expect(contiguousAfter(4, pages).map((entry) => entry.key)).toEqual(['e']);
  });

  test('has one key per event, user and kind, shaped as a UUID', () => {
    const keys = [entryKey('e', 'u', 'notification'), entryKey('e', 'u', 'budget.alert'), entryKey('e', 'v', 'notification')];
    expect(new Set(keys).size).toBe(3);
    expect(entryKey('e', 'u', 'notification')).toBe(keys[0]);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
