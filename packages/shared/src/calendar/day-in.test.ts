import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { IANAZone } from 'luxon';
import { dayIn } from './day-in.ts';

test.each([
  ['UTC', '2026-03-14T23:59:59.999Z', '2026-03-14'],
  ['Pacific/Kiritimati', '2026-03-14T10:00:00.000Z', '2026-03-15'],
  ['Pacific/Kiritimati', '2026-03-14T09:59:59.999Z', '2026-03-14'],
  ['Pacific/Pago_Pago', '2026-03-14T10:59:59.999Z', '2026-03-13'],
  ['Asia/Kathmandu', '2026-03-14T18:14:59.999Z', '2026-03-14'],
  ['Asia/Kathmandu', '2026-03-14T18:15:00.000Z', '2026-03-15'],
  ['Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29'],
  ['America/New_York', '2026-01-01T04:59:00.000Z', '2025-12-31'],
  ['Asia/Tokyo', '2026-01-15T15:00:00Z', '2026-01-16'],
  ['America/Los_Angeles', '2026-01-15T07:59:59Z', '2026-01-14'],
  ['America/Sao_Paulo', '2018-11-04T03:00:00Z', '2018-11-04'],
])('in %s, %s falls on %s', (zone, instant, day) => {
  expect(dayIn(zone, Date.parse(instant))).toBe(day);
});

test('what is remembered is never stale', () => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Kathmandu' });
  fc.assert(
    fc.property(fc.integer({ min: 1_700_000_000_000, max: 2_000_000_000_000 }), (now) => {
      expect(dayIn('Asia/Kathmandu', now)).toBe(format.format(now));
    }),
  );
});

test('a day ends with its last millisecond, and begins where a later or an earlier instant is asked about', () => {
  const midnight = Date.parse('2026-01-14T18:30:00Z');
  const days = [midnight - 1, midnight, midnight + 59_999, midnight - 60_000, midnight].map((at) => dayIn('Asia/Kolkata', at));
  expect(days).toEqual(['2026-01-14', '2026-01-15', '2026-01-15', '2026-01-14', '2026-01-15']);
});

test('a zone that is spelled in ever new ways is one zone: what is kept of each takes some 60 KB, for good', () => {
  const made = jest.spyOn(IANAZone, 'create');
  const spelled = (n: number): string =>
    Array.from('asia/calcutta', (letter, at) => ((n >> at) & 1 ? letter.toUpperCase() : letter)).join('');
  const now = Date.parse('2026-01-14T18:31:00Z');
  const days = Array.from({ length: 200 }, (_, n) => dayIn(spelled(n), now));
  const zones = made.mock.calls.map(([name]) => name);
  made.mockRestore();
  expect(new Set(days)).toEqual(new Set(['2026-01-15']));
  expect(new Set(zones).size).toBe(1);
});

test('there is no day where there is no such zone or instant', () => {
  for (const zone of ['Europe/Nowhere', '', 'system']) expect(() => dayIn(zone, 0)).toThrow(RangeError);
  for (const instant of [Number.NaN, Infinity, 8.64e15 + 1]) expect(() => dayIn('UTC', instant)).toThrow(RangeError);
});
