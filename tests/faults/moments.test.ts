import { describe, expect, test } from '@jest/globals';
import type { Direction } from '@commonpurse/shared/testing';
import { type Point, points } from './cluster/moments.ts';
import { describeFault } from './cluster/schedule.ts';

const insert = Buffer.from('\u0002insert\u0000\u0008\u0000\u0000\u0000records\u0000');
const mark = Buffer.from('\u0002update\u0000\u0008\u0000\u0000\u0000records\u0000\u0003u\u0000$pull\u0000');
const publish = Buffer.from([1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 40, 0xce]);
const ack = Buffer.from([1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 80, 0xce]);
const answer = Buffer.from('ok');

describe('A point in the life of a write', () => {
  type Passing = readonly [Direction, Buffer];
  const up = (bytes: Buffer): Passing => ['to server', bytes];
  const down = (bytes: Buffer): Passing => ['to client', bytes];
  const cases: [Point, readonly Passing[]][] = [
    ['before commit', [down(answer), up(answer), up(insert)]],
    ['commit to reply', [down(answer), up(answer), down(answer), up(insert), down(answer)]],
    ['before publish', [up(ack), down(publish), up(publish)]],
    ['publish to confirm', [down(ack), up(ack), up(publish), down(answer), down(ack)]],
    ['confirm to mark', [up(insert), down(mark), up(mark)]],
    ['effect to ack', [up(publish), down(ack), up(Buffer.concat([publish, ack])), up(ack)]],
  ];
  test.each(cases)('%s is the last of what passes here, and nothing before it', (at, passing) => {
    const isMoment = points[at].moment();
    const seen = passing.map(([direction, bytes]) => isMoment(direction, bytes, cases));
    expect(seen).toEqual(passing.map((_, index) => index === passing.length - 1));
  });

  test('asked on one connection is not answered on another', () => {
    const isMoment = points['commit to reply'].moment();
    const [one, other] = [{}, {}];
    expect([isMoment('to server', insert, one), isMoment('to client', answer, other), isMoment('to client', answer, one)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

test('A wire that breaks at a point is the one to the server on which the point shows', () => {
  const broken = { kind: 'wire', instance: 'records-1', mode: 'reset', ms: 200 } as const;
  expect(describeFault({ ...broken, at: 'before publish' })).toBe('reset records-1 - rabbitmq for 200 ms, before publish');
  expect(describeFault({ ...broken, at: 'before commit' })).toBe('reset records-1 - mongodb for 200 ms, before commit');
  expect(describeFault({ ...broken, server: 'redis' })).toBe('reset records-1 - redis for 200 ms');
});
