import { fakeClock } from '@commonpurse/shared/testing';
import { describe, expect, test } from '@jest/globals';
import { claimed, type ImportDoc, type Lease, newImport } from './import-job.ts';
import { watchLeases } from './watch-leases.ts';

const clock = fakeClock();
const file = { uploadId: 'u', chunks: 1, bytes: 1, name: null, encoding: 'utf-8' };
const options = { mapping: {}, defaults: {}, invertSign: false, dryRun: false, onDuplicate: 'skip' } as const;
const told = { ownerId: 'ada', createdBy: 'ada', requestId: 'r', createdAt: '', options, file, baseCurrency: 'EUR', today: '2026-03-14' };
const queued = { ...newImport({ id: 'one', ...told }), changedAt: '' };
const heldBy = (lease: Lease | null, version = 2): ImportDoc => ({ ...queued, ...claimed(queued, lease), version });
const watch = () => watchLeases({ clock, holder: 'us', leaseMs: 3_000 });

describe('A lease', () => {
  test.each([
    ['that nobody has', null],
    ['of our own', { holder: 'us', untilMs: Infinity }],
  ])('%s holds up nobody', (_, lease) => {
    const leases = watch();
    leases.see([heldBy(lease)]);
    expect(leases.isFree(heldBy(lease))).toBe(true);
    expect(leases.nextInMs).toBe(Infinity);
  });

  test.each([
    ['is over', 0],
    ['never ends', Infinity],
  ])('of another is left when its import was seen to rest, also where it says that it %s', (_, untilMs) => {
    const leases = watch();
    const held = heldBy({ holder: 'other', untilMs });
    expect(leases.isFree(held)).toBe(false);
    leases.see([held]);
    clock.advance(2_000);
    leases.see([held]);
    expect([leases.isFree(held), leases.nextInMs]).toEqual([false, 1_000]);
    clock.advance(1_000);
    expect([leases.isFree(held), leases.nextInMs]).toEqual([true, 0]);
    leases.see([heldBy(null, 3)]);
    expect(leases.nextInMs).toBe(Infinity);
  });

  test('is kept by who gets on, and is watched anew when it comes back, or when our clock is set back', () => {
    const leases = watch();
    const at = (version: number): ImportDoc => heldBy({ holder: 'other', untilMs: 0 }, version);
    const rest = (version: number, ms: number): boolean => {
      leases.see([at(version)]);
      clock.advance(ms);
      return leases.isFree(at(version));
    };
    expect([rest(2, 2_000), rest(3, 2_000), rest(4, 2_900)]).toEqual([false, false, false]);
    expect(leases.isFree(at(5))).toBe(false);
    leases.see([]);
    expect(leases.isFree(at(4))).toBe(false);
    leases.forgetOthers([at(4)]);
    expect(leases.nextInMs).toBe(100);
    leases.forgetOthers([]);
    expect(leases.nextInMs).toBe(Infinity);
    expect(rest(4, 2_900)).toBe(false);
    clock.advance(-60_000);
    expect(rest(4, 2_900)).toBe(false);
    expect(rest(4, 100)).toBe(true);
  });
});
