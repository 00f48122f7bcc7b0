import { describe, expect, test } from '@jest/globals';
import { claimed, type Delivery, deliveryOf, failing, finished, postponed, prolonged } from './delivery.ts';

const start = Date.UTC(2026, 0, 1);
const fresh = { ...deliveryOf({ eventId: 'e', userId: 'u', alert: {} as never }, start), changedAt: '', outbox: [] } as Delivery;
const dueInMs = (delivery: { readonly dueAt?: string }, nowMs: number): number => Date.parse(delivery.dueAt ?? '') - nowMs;

describe('a delivery', () => {
  test('has one id per event and user', () => {
    const again = deliveryOf({ eventId: 'e', userId: 'u', alert: {} as never }, start + 1);
    expect(again._id).toBe(fresh._id);
    expect(deliveryOf({ eventId: 'e', userId: 'v', alert: {} as never }, start)._id).not.toBe(fresh._id);
  });

  test('is left to whoever took it for a quarter of a minute, and again when that one says so', () => {
    const taken = claimed(fresh, start);
    expect([taken.version, taken.attempts, dueInMs(taken, start)]).toEqual([2, 1, 15_000]);
    const longer = prolonged({ ...fresh, ...taken }, start + 5_000);
    expect([longer.version, longer.attempts, dueInMs(longer, start + 5_000)]).toEqual([3, 1, 15_000]);
  });

  test('that was not even tried has had no attempt, and is due again soon, for three days', () => {
    const taken = { ...fresh, attempts: 3 };
    const later = postponed(taken, 'auth is away', start);
    expect([later.attempts, later.problem, later.status, dueInMs(later, start)]).toEqual([2, 'auth is away', 'waiting', 5_000]);
    expect(postponed(taken, 'auth is away', start + 3 * 86_400_000).status).toBe('failed');
  });

  test('is due no more when it has ended', () => {
    expect(finished(fresh, 'sent')).toEqual(expect.objectContaining({ status: 'sent', version: 2 }));
    expect(finished(fresh, 'dropped')).not.toHaveProperty('dueAt');
  });

  test.each([
    [1, 30_000],
    [2, 60_000],
    [7, 1_920_000],
    [8, 3_600_000],
    [60, 3_600_000],
  ])('pauses after attempt %i for %i ms', (attempts, pauseMs) => {
    const again = failing({ ...fresh, attempts }, 'busy', { nowMs: start + 1_000, final: false });
    expect([dueInMs(again, start + 1_000), again.problem, again.status]).toEqual([pauseMs, 'busy', 'waiting']);
  });

  test('is given up after three days, or when trying again is no use', () => {
    const at = (nowMs: number) => failing({ ...fresh, attempts: 80 }, 'busy', { nowMs, final: false });
    const late = at(start + 3 * 86_400_000);
    expect([late.status, late.dueAt]).toEqual(['failed', undefined]);
    expect(at(start + 3 * 86_400_000 - 1).status).toBe('waiting');
    const refused = failing({ ...fresh, attempts: 1 }, 'no such address', { nowMs: start, final: true });
    expect([refused.status, refused.dueAt]).toEqual(['failed', undefined]);
  });
});
