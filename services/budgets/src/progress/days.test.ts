import { expect, test } from '@jest/globals';
import { joinDays } from './days.ts';

const days = (...texts: string[]) => texts.map((text) => ({ start: `2026-${text.slice(0, 5)}`, end: `2026-${text.slice(6)}` }));

test.each([
  [[], []],
  [['01-01 01-31'], ['01-01 01-31']],
  [['02-01 02-28', '01-01 01-31'], ['01-01 02-28']],
  [
    ['01-01 01-31', '02-02 02-28'],
    ['01-01 01-31', '02-02 02-28'],
  ],
  [['01-01 12-31', '03-01 03-31', '12-01 12-31'], ['01-01 12-31']],
  [['01-10 01-31', '01-10 01-20', '01-01 01-31'], ['01-01 01-31']],
  [
    ['01-01 01-31', '03-01 03-31', '03-15 04-15', '04-16 04-30'],
    ['01-01 01-31', '03-01 04-30'],
  ],
])('The days of %j are those of %j', (given, joined) => {
  expect(joinDays(days(...given))).toEqual(days(...joined));
});

test('After the last day that has a name there is none', () => {
  const last = { start: '9999-12-01', end: '9999-12-31' };
  expect(joinDays([last, last])).toEqual([last]);
});
