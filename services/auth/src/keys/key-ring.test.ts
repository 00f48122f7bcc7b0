import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { currentKey, leadMs, publishedKeys, spentKeys, type StoredSigningKey, trailMs } from './key-ring.ts';

const start = Date.UTC(2026, 0, 15, 12);
const key = (kid: string, signsFromMs: number, facts: Partial<StoredSigningKey> = {}): StoredSigningKey => ({
  _id: kid,
  version: 1,
  changedAt: '',
  sealedKey: `sealed ${kid}`,
  x: '',
  y: '',
  createdAt: new Date(Math.max(0, signsFromMs - leadMs)).toISOString(),
  signsFrom: new Date(signsFromMs).toISOString(),
  endsOlder: false,
  ...facts,
});
const names = (keys: readonly StoredSigningKey[]): string[] => keys.map(({ _id }) => _id);
const first = key('first', 0);
const second = key('second', start);

describe('the ring of signing keys', () => {
  test('has one that signs from the beginning', () => {
    expect(currentKey([first], 0)).toBe(first);
    expect(currentKey([], start)).toBeUndefined();
  });

  test('shows the next one before it signs', () => {
    expect(names(publishedKeys([second, first], start - leadMs))).toEqual(['first', 'second']);
    expect(currentKey([second, first], start - 1)).toBe(first);
    expect(currentKey([second, first], start)).toBe(second);
  });

  test('shows the last one as long as what it signed may live', () => {
    expect(names(publishedKeys([second, first], start + trailMs - 1))).toEqual(['first', 'second']);
    expect(names(publishedKeys([second, first], start + trailMs))).toEqual(['second']);
    expect(trailMs).toBeGreaterThan(15 * 60 * 1000);
  });

  test('drops all older ones at once when one of them has fallen into other hands', () => {
    const third = key('third', start + 5, { createdAt: new Date(start + 5).toISOString(), endsOlder: true });
    expect(names(publishedKeys([first, second, third], start + 4))).toEqual(['first', 'second', 'third']);
    expect(names(publishedKeys([first, second, third], start + 5))).toEqual(['third']);
    expect(currentKey([first, second, third], start + 5)).toBe(third);
  });

  test('one that ends all older ones ends one too whose turn has not come: it may have been taken with them', () => {
    const waiting = key('waiting', start + leadMs);
    const ending = key('ending', start + 5, { createdAt: new Date(start + 5).toISOString(), endsOlder: true });
    const next = key('next', start + 6 + leadMs);
    const ring = [first, waiting, ending, next];
    expect(names(publishedKeys([first, waiting], start + 4))).toEqual(['first', 'waiting']);
    expect(names(publishedKeys(ring, start + 6))).toEqual(['ending', 'next']);
    expect(currentKey(ring, start + leadMs)).toBe(ending);
    expect(names(publishedKeys([first, waiting, ending], start + leadMs + trailMs))).toEqual(['ending']);
  });

  test('keeps the private half of none that is not shown any more', () => {
    expect(names(spentKeys([first, second], start + trailMs - 1))).toEqual([]);
    expect(names(spentKeys([first, second], start + trailMs))).toEqual(['first']);
    expect(names(spentKeys([{ ...first, sealedKey: null }, second], start + trailMs))).toEqual([]);
  });

  test('never leaves a token without its key: what signs at any moment is shown until the token has ended', () => {
    const tokenMs = 15 * 60 * 1000;
    const gaps = fc.array(fc.integer({ min: 0, max: 2 * trailMs }), { maxLength: 6 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 12 * trailMs }), fc.integer({ min: 0, max: tokenMs }), (between, at, age) => {
        let from = start;
        const ring = [first, ...between.map((gap, n) => key(`k${n}`, (from += gap)))];
        // a token is signed at one moment and shown at a later one, by when more keys may have been made
        const signedAt = start + at;
        const then = ring.filter(({ createdAt }) => Date.parse(createdAt) <= signedAt);
        const now = ring.filter(({ createdAt }) => Date.parse(createdAt) <= signedAt + age);
        const signer = currentKey(then, signedAt)!;
        expect(names(publishedKeys(now, signedAt + age))).toContain(signer._id);
      }),
    );
  });
});
