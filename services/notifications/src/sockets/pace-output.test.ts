import { fakeClock } from '@commonpurse/shared/testing';
import { expect, test } from '@jest/globals';
import { createOutlet } from './pace-output.ts';

test('A client stands still only as long as it takes nothing of what waits', () => {
  const clock = fakeClock();
  const takes: (() => void)[] = [];
  const outlet = createOutlet({ write: (_text, taken) => void takes.push(taken), clock });
  clock.advance(60_000);
  outlet.send('one');
  outlet.send('two');
  expect([outlet.stalledMs(), outlet.waitingBytes()]).toEqual([0, 6]);
  clock.advance(9_000);
  takes[0]!();
  clock.advance(9_000);
  expect([outlet.stalledMs(), outlet.waitingBytes()]).toEqual([9_000, 3]);
  takes[1]!();
  expect([outlet.stalledMs(), outlet.waitingBytes()]).toEqual([0, 0]);
});
