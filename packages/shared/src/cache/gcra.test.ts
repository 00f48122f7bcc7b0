import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Limit } from './cache.ts';
import { type Meter, meterCall } from './gcra.ts';

const limits = fc.record({
  rate: fc.integer({ min: 1, max: 700 }),
  periodMs: fc.constantFrom(7, 1_000, 60_000),
  burst: fc.integer({ min: 1, max: 50 }),
});
const start = Date.UTC(2026, 0, 1);

/** The instants at which a caller who tries at each of `tries` is admitted. */
function admitted(limit: Limit, tries: readonly number[]): number[] {
  let meter: Meter | null = null;
  return tries.filter((at) => {
    const { meter: next, verdict } = meterCall(meter, limit, at);
    meter = next;
    return verdict.allowed;
  });
}

describe('the limit', () => {
  test('never admits more than the burst and the rate allow, in any window', () => {
    fc.assert(
      fc.property(limits, fc.array(fc.nat(2_000), { maxLength: 300 }), (limit, gaps) => {
        let at = start;
        const passed = admitted(
          limit,
          gaps.map((gap) => (at += gap % 40 === 0 ? gap : gap % 3)),
        );
        for (let from = 0; from < passed.length; from += 1) {
          for (let to = from; to < passed.length; to += 1) {
            const elapsed = (passed[to] as number) - (passed[from] as number);
            expect((to - from + 1 - limit.burst) * limit.periodMs).toBeLessThanOrEqual(limit.rate * elapsed);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('always admits who keeps to the steady rate, however long', () => {
    fc.assert(
      fc.property(limits, (limit) => {
        const gap = Math.ceil(limit.periodMs / limit.rate);
        const spaced = Array.from({ length: 2_000 }, (_, k) => start + k * gap);
        expect(admitted(limit, spaced)).toHaveLength(spaced.length);
        // Exactly at the rate, each call rounded up to whole milliseconds: room for what falls into one is all the burst it takes.
        const exact = Array.from({ length: 2_000 }, (_, k) => start + Math.ceil((k * limit.periodMs) / limit.rate));
        const burst = 1 + Math.ceil(limit.rate / limit.periodMs);
        expect(admitted({ ...limit, burst }, exact)).toHaveLength(exact.length);
      }),
      { numRuns: 60 },
    );
  });

  test('admits the whole burst after a rest, and who waits as told', () => {
    fc.assert(
      fc.property(limits, fc.nat(100), (limit, calls) => {
        let meter: Meter | null = null;
        let at = start;
        for (let n = 0; n < calls; n += 1) ({ meter } = meterCall(meter, limit, at));
        const refused = meterCall(meter, limit, at);
        if (!refused.verdict.allowed) {
          expect(meterCall(refused.meter, limit, at + refused.verdict.retryAfterMs).verdict.allowed).toBe(true);
          expect(meterCall(refused.meter, limit, at + refused.verdict.retryAfterMs - 1).verdict.allowed).toBe(false);
        }
        at += refused.verdict.resetMs;
        expect(meterCall(refused.meter, limit, at, limit.burst).verdict.allowed).toBe(true);
      }),
    );
  });

  test('a refused call costs nothing', () => {
    const limit = { rate: 1, periodMs: 1_000, burst: 1 };
    let { meter } = meterCall(null, limit, start);
    for (let n = 0; n < 100; n += 1) ({ meter } = meterCall(meter, limit, start + n));
    expect(meterCall(meter, limit, start + 1_000).verdict.allowed).toBe(true);
  });

  test('a clock that is set back neither locks out nor opens the door', () => {
    const limit = { rate: 1, periodMs: 1_000, burst: 2 };
    let { meter } = meterCall(null, limit, start, 2);
    const back = meterCall(meter, limit, start - 3_600_000);
    expect(back.verdict.allowed).toBe(false);
    ({ meter } = back);
    expect(meterCall(meter, limit, start - 3_600_000 + 1_000).verdict.allowed).toBe(true);
    const half = meterCall(null, limit, start).meter;
    expect(meterCall(half, limit, start - 3_600_000).verdict).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('a limit that became smaller holds nobody longer than its own burst', () => {
    const { meter } = meterCall(null, { rate: 1, periodMs: 60_000, burst: 100 }, start, 100);
    const tighter = { rate: 1, periodMs: 1_000, burst: 2 };
    expect(meterCall(meter, tighter, start).verdict.resetMs).toBe(2_000);
  });

  test.each([
    [{ rate: Number.NaN, periodMs: 1, burst: 1 }, 1],
    [{ rate: 1, periodMs: 0, burst: 1 }, 1],
    [{ rate: 1, periodMs: Infinity, burst: 1 }, 1],
    [{ rate: 1, periodMs: 1, burst: Infinity }, 1],
    [{ rate: 1, periodMs: 1, burst: 0.5 }, 0],
    [{ rate: 1, periodMs: 1, burst: 1 }, -1],
    [{ rate: 1, periodMs: 1, burst: 1 }, Number.NaN],
  ])('refuses %j at cost %d as a bug', (limit, cost) => {
    expect(() => meterCall(null, limit, start, cost)).toThrow(RangeError);
  });
});
