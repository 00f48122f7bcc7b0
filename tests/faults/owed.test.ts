import { describe, expect, test } from '@jest/globals';
import { lateFigures } from './cluster/owed.ts';
import { faultNamed } from './cluster/schedule.ts';
import { watchHealing } from './cluster/watch-healing.ts';

const told = [
  { description: 'a', amountMinor: 1_000, version: 1 },
  { description: null, amountMinor: 300, version: 3 },
];

describe('What is late', () => {
  test('is nothing when progress is the sum, every threshold has its alert and the feed goes as far as was written', () => {
    expect(lateFigures(told, { spentMinor: 1_000, alerts: [10, 25], lastSeq: 8 })).toEqual([]);
  });

  test.each([
    ['progress', { spentMinor: 1_300, alerts: [10, 25], lastSeq: 8 }],
    ['alerts', { spentMinor: 1_000, alerts: [10], lastSeq: 8 }],
    ['feed', { spentMinor: 1_000, alerts: [10, 25], lastSeq: 7 }],
  ])('is %s', (figure, glance) => {
    expect(lateFigures(told, glance)).toEqual([expect.objectContaining({ figure })]);
  });
});

describe('Healing', () => {
  test('is over when nobody waits any more, and tells who waited for what', async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      if (looks === 1) throw new Error('away');
      return looks === 2 ? [{ figure: 'feed' as const, detail: 'behind' }] : [];
    };
    const { afterMs, late } = await watchHealing(
      [
        { who: 'ann', look },
        { who: 'bob', look: async () => [] },
      ],
      Infinity,
    );
    expect(looks).toBe(3);
    expect(afterMs).toBeGreaterThan(0);
    expect(late.map((line) => line.replace(/ at [\d.]+ s/, ''))).toEqual(['feed of ann: behind', 'answer of ann: away']);
  });

  test('is not waited for longer than told', async () => {
    const { late } = await watchHealing([{ who: 'ann', look: async () => [{ figure: 'progress', detail: 'lost' }] }], 0);
    expect(late).toHaveLength(1);
  });
});

test('Faults are known by their names, and nothing else is', () => {
  expect(faultNamed('reset rabbitmq')).toEqual({ kind: 'server', server: 'rabbitmq', harm: 'reset', ms: 500 });
  expect(faultNamed('pause mongodb')).toMatchObject({ harm: 'pause', ms: 10_000 });
  expect(faultNamed('kill budgets-1')).toEqual({ kind: 'kill', instance: 'budgets-1', at: 'at random', again: false });
  expect(faultNamed('hold records-2')).toEqual({ kind: 'pause', instance: 'records-2', ms: 10_000 });
  for (const name of ['', 'reset', 'hold redis', 'reset budgets-1', 'kill nobody']) expect(faultNamed(name)).toBeNull();
});
