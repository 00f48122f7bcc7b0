import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash, createHmac } from 'node:crypto';
import type { Json, OutboxEntry } from '../documents/documents.ts';
import { entryOf } from './event.ts';
import { canonicalJson, erased, lineId, linesOf, verifyChain } from './history-line.ts';
import type { HistoryLine } from './outbox.ts';

const at = '2026-01-15T12:00:00.000Z';
const entry = (version: number, type = 'note.changed', action = 'updated'): OutboxEntry =>
  entryOf(
    { type },
    { aggregateId: 'a', version, at, by: 'u', requestId: 'r', action, change: { before: { n: version - 1 }, after: { n: version } } },
  );
const recorded = { aggregate: 'note', aggregateId: 'a', recordedAt: at };
const stored = (entries: readonly OutboxEntry[], previous: string | null = null): HistoryLine[] =>
  linesOf(entries, previous, recorded).map((line) => ({ ...line, changedAt: at }));
const entries = [1, 2, 3, 4].map((version) => entry(version));

describe('the chain of history', () => {
  test('hashes previous hash, version, instant, person, action and the keyed hash of the change', () => {
    const one: OutboxEntry = { ...entry(1), salt: 'salt', change: { before: null, after: { b: 1, a: 'x' } } };
    const mac = createHmac('sha256', 'salt').update('{"after":{"a":"x","b":1},"before":null}').digest('hex');
    const hash = createHash('sha256')
      .update(JSON.stringify([null, 1, at, 'u', 'updated', mac]))
      .digest('hex');
    expect(stored([one])[0]).toMatchObject({ _id: 'a:00000001:note.changed', changeMac: mac, hash, previousHash: null });
  });

  test('is the same whoever writes it, in pieces or at once, and in whatever order the entries lie', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.shuffledSubarray(entries, { minLength: 4 }), (cut, shuffled) => {
        const whole = stored(shuffled);
        const head = stored(entries.slice(0, cut));
        const tail = stored(entries.slice(cut), head.at(-1)?.hash ?? null);
        expect([...head, ...tail]).toEqual(whole);
        expect(verifyChain(whole)).toEqual({ ok: true, head: whole.at(-1)?.hash });
      }),
    );
  });

  test('orders the entries of one write by type, as their ids are', () => {
    const lines = stored([entry(2), entry(1, 'note.z'), entry(1, 'note.a')]);
    expect(lines.map((line) => line._id)).toEqual(['a:00000001:note.a', 'a:00000001:note.z', 'a:00000002:note.changed']);
    expect(verifyChain(lines).ok).toBe(true);
  });

  test('shows every kind of tampering, and where', () => {
    const lines = stored(entries);
    const tampered = (which: number, change: Partial<HistoryLine>): HistoryLine[] =>
      lines.map((line, n) => (n === which ? { ...line, ...change } : line));
    const second = lines[1] as HistoryLine;
    const broken = [
      tampered(1, { entry: { ...second.entry, by: 'somebody else' } }),
      tampered(1, { entry: { ...second.entry, at: '2026-01-15T12:00:00.001Z' } }),
      tampered(1, { entry: { ...second.entry, change: { before: null, after: null } } }),
      tampered(1, { entry: { ...second.entry, salt: 'other' } }),
      tampered(1, { changeMac: '00' }),
      tampered(1, { previousHash: null }),
    ];
    for (const forged of broken) expect(verifyChain(forged)).toMatchObject({ ok: false, brokenAt: second._id });
    expect(verifyChain(lines.filter((_, n) => n !== 1))).toMatchObject({ ok: false, brokenAt: lines[2]?._id });
    expect(verifyChain(lines.slice(1))).toMatchObject({ ok: false, brokenAt: second._id });
    expect(verifyChain(lines.slice(1), lines[0]?.hash)).toMatchObject({ ok: true });
    expect(verifyChain([])).toEqual({ ok: true, head: null });
  });

  test('stays whole when content and salt are erased', () => {
    const lines = stored([{ ...entry(1), facts: { was: 'private' } }, entry(2)]);
    const first = erased(lines[0] as HistoryLine);
    expect(JSON.stringify(first)).not.toContain('private');
    expect(first).toMatchObject({ version: 2, entry: { change: null, salt: '' } });
    expect(verifyChain([{ ...first, changedAt: at }, lines[1] as HistoryLine])).toEqual({ ok: true, head: lines[1]?.hash });
  });

  test('has no place for a version that breaks the order of ids', () => {
    for (const version of [-1, 1.5, 100_000_000]) expect(() => lineId('a', { ...entry(1), version })).toThrow(RangeError);
  });
});

describe('canonical JSON', () => {
  test('is the same for equal values, however they were built', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('sorts names and leaves out what is absent', () => {
    expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[{"d":1}]}');
    expect(canonicalJson(undefined)).toBe('null');
  });
});
