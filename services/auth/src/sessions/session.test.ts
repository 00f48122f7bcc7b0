import { describe, expect, test } from '@jest/globals';
import { isLive, judgeRefresh, newSession, rotated, sessionsMax, withSession, type Session } from './session.ts';

const day = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 15);
const session = (id: string, nowMs = start): Session => newSession({ id, deviceName: null, ip: '203.0.113.7', nowMs });

describe('a session', () => {
  test('lives for 30 days of idleness', () => {
    expect([30 * day - 1, 30 * day].map((ms) => isLive(session('a'), start + ms))).toEqual([true, false]);
  });

  test('lives for 90 days at most, however much it is used', () => {
    let used = session('a');
    for (let n = 1; n <= 89; n++) used = rotated(used, '203.0.113.7', start + n * day);
    expect([90 * day - 1, 90 * day].map((ms) => isLive(used, start + ms))).toEqual([true, false]);
  });

  test('moves on by its newest token alone', () => {
    const third = rotated(rotated(session('a'), 'x', start + 1000), 'x', start + 60_000);
    expect(third.generation).toBe(3);
    expect(judgeRefresh(third, 3, start + day)).toBe('next');
  });

  test.each([
    ['its predecessor at once', 2, 0, 'same'],
    ['its predecessor after 10 s', 2, 10_000, 'same'],
    ['its predecessor later', 2, 10_001, 'stolen'],
    ['its predecessor by a clock that is a little behind', 2, -10_000, 'same'],
    ['its predecessor by a clock that was set back', 2, -60 * 60_000, 'stolen'],
    ['an older one, however soon', 1, 0, 'stolen'],
    ['one from after a restored backup', 4, 0, 'stolen'],
  ])('takes %s as it should', (_what, generation, afterMs, expected) => {
    const third = rotated(rotated(session('a'), 'x', start), 'x', start + 60_000);
    expect(judgeRefresh(third, generation, start + 60_000 + afterMs)).toBe(expected);
  });

  test('that never moved on has no predecessor', () => {
    expect(judgeRefresh(session('a'), 0, start)).toBe('stolen');
  });

  test('makes room by ending the one that was unused for longest', () => {
    const many = Array.from({ length: sessionsMax }, (_, n) => session(`s${n}`, start + ((n + 7) % sessionsMax)));
    const next = withSession(many, session('new', start + 1000), start + 1000);
    expect(next).toHaveLength(sessionsMax);
    expect(many.filter((one) => !next.includes(one)).map(({ id }) => id)).toEqual(['s43']);
    expect(next.at(-1)?.id).toBe('new');
  });

  test('drops out of the list once it is over', () => {
    const next = withSession([session('old', start - 31 * day), session('live')], session('new'), start);
    expect(next.map(({ id }) => id)).toEqual(['live', 'new']);
  });
});
