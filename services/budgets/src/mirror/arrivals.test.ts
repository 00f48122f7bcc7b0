import { expect, test } from '@jest/globals';
import { createArrivals } from './arrivals.ts';

test('An arrival is told to all who wait for that record, for as long as each of them waits', () => {
  const arrivals = createArrivals();
  const told: string[] = [];
  const stops = ['Ada', 'Bob', 'Eve'].map((who) => arrivals.listen(who === 'Eve' ? 'r2' : 'r1', () => told.push(who)));
  arrivals.announce(['r1', 'r3']);
  expect(told.splice(0)).toEqual(['Ada', 'Bob']);
  stops[0]!();
  arrivals.announce(['r1', 'r2']);
  expect(told.splice(0)).toEqual(['Bob', 'Eve']);
  for (const stop of stops) stop();
  arrivals.announce(['r1', 'r2']);
  expect(told).toEqual([]);
});
