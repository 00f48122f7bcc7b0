import { describe, expect, test } from '@jest/globals';
import { markedRead, readAtOf, readUpTo, withMark } from './item.ts';
import type { InboxItem, ReadMark } from './item.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const marks: readonly ReadMark[] = [
  { upTo: 4, at: at(4) },
  { upTo: 9, at: at(9) },
];

describe('what was read', () => {
  test.each([
    [{ seq: 3, readAt: null }, at(4)],
    [{ seq: 4, readAt: null }, at(4)],
    [{ seq: 5, readAt: null }, at(9)],
    [{ seq: 10, readAt: null }, null],
    [{ seq: 10, readAt: at(20) }, at(20)],
    [{ seq: 5, readAt: at(6) }, at(6)],
    [{ seq: 5, readAt: at(12) }, at(9)],
  ])('item %j was read at %s', (item, expected) => {
    expect(readAtOf(item, marks)).toBe(expected);
  });

  test('a mark that covers nothing more adds nothing', () => {
    expect(readUpTo([])).toBe(0);
    expect(withMark(marks, { upTo: 9, at: at(30) })).toBe(marks);
    expect(withMark([], { upTo: 0, at: at(1) })).toEqual([]);
    expect(withMark(marks, { upTo: 10, at: at(30) })).toEqual([...marks, { upTo: 10, at: at(30) }]);
  });

  test('marks stay few', () => {
    let many: readonly ReadMark[] = [];
    for (let seq = 1; seq <= 500; seq += 1) many = withMark(many, { upTo: seq, at: at(seq) });
    expect(many).toHaveLength(200);
    expect(readUpTo(many)).toBe(500);
    expect(readAtOf({ seq: 1, readAt: null }, many)).not.toBeNull();
  });

  test('an item is marked once', () => {
    const item = { _id: 'a', version: 1, changedAt: at(0), userId: 'u', unreadOf: 'u', seq: 1, readAt: null } as unknown as InboxItem;
    const { unreadOf: _, ...rest } = item;
    expect(markedRead(item, at(1))).toEqual({ ...rest, version: 2, readAt: at(1) });
    expect(markedRead({ ...item, readAt: at(1) }, at(2))).toBeNull();
  });
});
