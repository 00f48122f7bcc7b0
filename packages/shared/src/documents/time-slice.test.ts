import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { allInSlices, TimeSlice } from './time-slice.ts';

/** A step of long work: a row with much to compare, say. */
function takeMs(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('Long work', () => {
  test('rests after some milliseconds, however long its steps are', () => {
    const slice = new TimeSlice();
    let steps = 0;
    do {
      takeMs(1);
      steps += 1;
    } while (!slice.isOver());
    expect(steps).toBeLessThan(10);
  });

  test('whose steps have become long rests as soon', () => {
    const slice = new TimeSlice();
    let steps = 0;
    while (!slice.isOver()) steps += 1;
    const startedAt = performance.now();
    do {
      takeMs(0.5);
    } while (!slice.isOver());
    expect(steps).toBeGreaterThan(100);
    // as many long steps as one look at the clock may be apart
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test('that begins while other work rests has a turn for little only', async () => {
    const spent = async (): Promise<number> => {
      const slice = new TimeSlice();
      let steps = 0;
      do {
        takeMs(0.5);
        steps += 1;
      } while (!slice.isOver());
      await slice.rest();
      return steps;
    };
    const steps = await Promise.all(Array.from({ length: 20 }, spent));
    expect(steps.slice(1).every((count) => count <= 3)).toBe(true);
  });

  test('goes on one at a time, and others have a turn in between', async () => {
    const order: string[] = [];
    const work = async (name: string): Promise<void> => {
      const slice = new TimeSlice();
      for (let rests = 0; rests < 2; rests += 1) {
        await slice.rest();
        order.push(name);
      }
    };
    const other = async (): Promise<void> => {
      for (let turns = 0; turns < 6; turns += 1) {
        await nextTurn();
        order.push('-');
      }
    };
    await Promise.all([work('a'), work('b'), work('c'), other()]);
    expect(order.join(' ')).toBe('a - b - c - a - b - c -');
  });

  test('on many things at once is begun in their order, with turns for others in between, and answers as they were asked', async () => {
    let turns = 0;
    let over = false;
    const other = async (): Promise<void> => {
      for (; !over; turns += 1) await nextTurn();
    };
    const others = other();
    const begun = new Map<number, number>();
    const answers = await allInSlices([...Array(20).keys()], (number) => {
      takeMs(1);
      begun.set(number, turns);
      return number % 2 === 0 ? Promise.resolve(number) : nextTurn(number);
    });
    over = true;
    await others;
    expect(answers).toEqual([...Array(20).keys()]);
    expect([...begun.keys()]).toEqual(answers);
    const inOneTurn = Map.groupBy(begun.values(), (turn) => turn);
    expect(Math.max(...[...inOneTurn.values()].map(({ length }) => length))).toBeLessThan(10);
  });

  test('on many things begins all of them where one fails during a rest, and fails with it', async () => {
    let begun = 0;
    const fail = async (): Promise<void> => {
      takeMs(1);
      if ((begun += 1) === 1) throw new Error('the first');
      await nextTurn();
    };
    await expect(allInSlices(Array(20).fill(null), fail)).rejects.toThrow('the first');
    expect(begun).toBe(20);
  });

  test('of one user takes no more turns than that of another, however much there is of it, and is done one after the other', async () => {
    const order: string[] = [];
    const work = async (name: string, whose?: string): Promise<void> => {
      const slice = new TimeSlice(whose);
      for (let rests = 0; rests < 3; rests += 1) {
        await slice.rest();
        order.push(name);
      }
    };
    const eager = Array.from({ length: 5 }, (_, at) => work(`a${at}`, 'ada'));
    await Promise.all([...eager, work('bob', 'bob'), work('nobody')]);
    expect(order.slice(0, 9).join(' ')).toBe('a0 bob nobody a0 bob nobody a0 bob nobody');
    expect(order.slice(9).join(' ')).toBe('a1 a1 a1 a2 a2 a2 a3 a3 a3 a4 a4 a4');
  });
});
