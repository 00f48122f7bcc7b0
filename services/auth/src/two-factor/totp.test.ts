import { describe, expect, test } from '@jest/globals';
import { otpauthUrl, stepOfCode } from './totp.ts';

/** The seed of the RFCs: `12345678901234567890` in base32. */
const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const never = null;
const at = (seconds: number): number => seconds * 1000;

describe('codes', () => {
  // RFC 4226, appendix D: the counter is our time step.
  test.each(['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].entries().toArray())(
    'of step %i are those of RFC 4226: %s',
    (step, code) => {
      expect(stepOfCode(seed, code, never, at(step * 30))).toBe(step);
    },
  );

  // RFC 6238, appendix B, SHA-1; of its eight digits an app of six shows the last six.
  test.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('at %i s are those of RFC 6238: %s', (seconds, code) => {
    expect(stepOfCode(seed, code.slice(2), never, at(seconds))).toBe(Math.floor(seconds / 30));
  });

  const step = 57_000_000;
  const code = '168705';
  const now = at(step * 30);

  test.each([
    ['one step early', -30, true],
    ['at the last moment of one step late', 59.999, true],
    ['at the last moment before one step early', -30.001, false],
    ['two steps early', -31, false],
    ['two steps late', 60, false],
  ])('are taken %s: %s', (_what, seconds, good) => {
    expect(stepOfCode(seed, code, never, now + at(seconds))).toBe(good ? step : null);
  });

  test('are taken once, and none from before', () => {
    expect(stepOfCode(seed, code, step - 1, now)).toBe(step);
    expect(stepOfCode(seed, code, step, now)).toBeNull();
    expect(stepOfCode(seed, code, step + 1, now)).toBeNull();
    // The clock was set back far behind the last code.
    expect(stepOfCode(seed, code, step + 5, now)).toBeNull();
  });

  test.each(['', '16870', '1687050', '16870a', '１６８７０５', '-16870', ' 16870', '16870\n'])('are six digits, not %p', (typed) => {
    expect(stepOfCode(seed, typed, never, now)).toBeNull();
  });
});

test('an app is told who it is for, whatever the address is made of', () => {
  const url = new URL(otpauthUrl(seed, 'a&b?secret=x#@example.com'));
  expect([url.protocol, url.host, decodeURIComponent(url.pathname)]).toEqual([
    'otpauth:',
    'totp',
    '/Commonpurse:a&b?secret=x#@example.com',
  ]);
  expect(Object.fromEntries(url.searchParams)).toEqual({ secret: seed, issuer: 'Commonpurse' });
});
