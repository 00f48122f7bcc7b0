import { describe, expect, test } from '@jest/globals';
import { Roster } from './roster.ts';

const come = (userId: string) => [{ userId, online: true }];
const go = (userId: string) => [{ userId, online: false }];

describe('Who is online', () => {
  test('is whoever has a socket anywhere: it changes with the first and the last', () => {
    const roster = new Roster();
    expect(roster.change('one', 'ada', true, 0)).toEqual(come('ada'));
    expect(roster.change('two', 'ada', true, 0)).toEqual([]);
    expect(roster.change('one', 'ada', false, 0)).toEqual([]);
    expect(roster.isOnline('ada')).toBe(true);
    expect(roster.change('two', 'ada', false, 0)).toEqual(go('ada'));
    expect([roster.isOnline('ada'), roster.isOnline('bob')]).toEqual([false, false]);
    expect([roster.change('one', 'ada', true, 0), roster.change('one', 'bob', true, 0)]).toEqual([come('ada'), come('bob')]);
    expect(roster.change('one', 'ada', false, 0)).toEqual(go('ada'));
    expect(roster.isOnline('bob')).toBe(true);
  });

  test('is as quickly told among many as among few', () => {
    const roster = new Roster();
    const startedAt = performance.now();
    for (const online of [true, false]) for (let n = 0; n < 10_000; n += 1) roster.change('one', `user-${n}`, online, 0);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('is corrected by what an instance says as a whole', () => {
    const roster = new Roster();
    roster.replace('one', ['ada', 'bob'], 0);
    expect(roster.replace('one', ['bob', 'cyd'], 0)).toEqual([...go('ada'), ...come('cyd')]);
  });

  test('is nobody of an instance that is not heard any more, but for one’s own', () => {
    const roster = new Roster();
    roster.replace('own', ['ada'], 0);
    roster.replace('other', ['bob'], 5);
    roster.replace('gone', ['ada', 'cyd'], 0);
    expect(roster.expire(5, 'own')).toEqual(go('cyd'));
    expect([roster.isOnline('ada'), roster.isOnline('bob')]).toEqual([true, true]);
    // an instance that says whom it has is heard
    roster.replace('other', ['bob'], 7);
    expect(roster.expire(7, 'own')).toEqual([]);
    roster.excuse(10);
    expect(roster.expire(10, 'own')).toEqual([]);
    expect(roster.expire(11, 'own')).toEqual(go('bob'));
  });
});
