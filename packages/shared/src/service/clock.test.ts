import { describe, expect, test } from '@jest/globals';
import { instantAt, instantOf } from './clock.ts';

describe('instants', () => {
  test('are spelled out in UTC with milliseconds', () => {
    expect(instantAt(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(instantAt(Date.UTC(2024, 1, 29, 23, 59, 59, 7))).toBe('2024-02-29T23:59:59.007Z');
  });

  test('are told anew when time has moved, forwards or back', () => {
    expect([1, 1, 2, 1, -1].map((ms) => instantAt(ms).slice(11))).toEqual([
      '00:00:00.001Z',
      '00:00:00.001Z',
      '00:00:00.002Z',
      '00:00:00.001Z',
      '23:59:59.999Z',
    ]);
    let nowMs = 5;
    const clock = { now: () => nowMs, delay: async () => {} };
    expect(instantOf(clock)).toBe('1970-01-01T00:00:00.005Z');
    nowMs = 6;
    expect(instantOf(clock)).toBe('1970-01-01T00:00:00.006Z');
  });

  test('are not known of what is no time, nor of what was asked for before', () => {
    instantAt(7);
    expect(() => instantAt(Number.NaN)).toThrow(RangeError);
    expect(instantAt(7)).toBe('1970-01-01T00:00:00.007Z');
  });
});
