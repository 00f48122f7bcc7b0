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
  // what comes after it is nothing that was taken
  outlet.send('three');
  expect([outlet.stalledMs(), outlet.waitingBytes()]).toEqual([9_000, 8]);
  for (const taken of takes.slice(1)) taken();
  clock.advance(60_000);
  expect([outlet.stalledMs(), outlet.waitingBytes()]).toEqual([0, 0]);
});

test('What was cleared hands on nothing more, holds nothing, and keeps nobody waiting', async () => {
  const written: number[] = [];
  const takes: (() => void)[] = [];
  const write = (text: string, taken: () => void): void => {
    written.push(text.length);
    takes.push(taken);
  };
  const outlet = createOutlet({ write, clock: fakeClock() });
  outlet.send('x'.repeat(256 * 1024));
  outlet.send('waits');
  const drained = outlet.drained();
  outlet.clear();
  await drained;
  outlet.send('late');
  await outlet.drained();
  takes[0]!();
  expect([written, outlet.waitingBytes()]).toEqual([[256 * 1024], 0]);
});

test('Frames go out in portions, as they are taken, and what waits is told in bytes', async () => {
  const takes: (() => void)[] = [];
  const outlet = createOutlet({ write: (_text, taken) => void takes.push(taken), clock: fakeClock() });
  for (let frames = 0; frames < 3; frames += 1) outlet.send('é'.repeat(64 * 1024));
  expect([takes.length, outlet.waitingBytes()]).toEqual([2, 3 * 128 * 1024]);
  let isDrained = false;
  const drained = outlet.drained().then(() => (isDrained = true));
  takes.shift()!();
  await Promise.resolve();
  expect([takes.length, isDrained]).toEqual([2, false]);
  takes.shift()!();
  await drained;
  expect(outlet.waitingBytes()).toBe(128 * 1024);
});
