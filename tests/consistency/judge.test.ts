import { describe, expect, test } from '@jest/globals';
import type { Facts, RecordFact } from './facts.ts';
import { judge } from './judge.ts';

const record = (id: string, more: Partial<RecordFact> = {}): RecordFact => ({
  id,
  version: 1,
  type: 'expense',
  description: null,
  amount: '2.50',
  currency: 'EUR',
  date: '2024-04-02',
  category: 'Food',
  base: null,
  entries: [],
  history: [{ version: 1, requestId: 'request' }],
  ...more,
});
const lines = (...versions: number[]) => versions.map((version) => ({ version, requestId: 'request' }));
const frame = (seq: number, type: string, id: string | null, version: number | null = 1) => ({ seq, type, id, version });

/** Two expenses, one of them changed once, one imported; a budget at 90 %, with its alert. */
const truth: Facts = {
  userId: 'ann',
  records: [
    record('a'),
    record('b', { version: 2, history: lines(2, 1), amount: '2.00' }),
    record('row', { history: [{ version: 1, requestId: 'job' }], category: 'Fun' }),
  ],
  budgets: [
    {
      id: 'budget',
      currency: 'EUR',
      categories: ['Food'],
      thresholds: [80, 100],
      periods: [
        {
          start: '2024-04-01',
          end: '2024-04-30',
          available: '5.00',
          spent: '4.50',
          byCategory: [{ category: 'Food', spent: '4.50' }],
          missingRates: [],
        },
      ],
    },
  ],
  alerts: [{ budgetId: 'budget', thresholdPercent: 80, start: '2024-04-01' }],
  feed: {
    lastSeq: 6,
    whole: true,
    frames: [
      frame(1, 'record.created', 'a'),
      frame(2, 'record.created', 'b', 2),
      frame(3, 'budget.alert', null, null),
      frame(4, 'notification', 'item', null),
      frame(5, 'record.updated', 'b', 2),
      frame(6, 'import.finished', 'job', null),
    ],
  },
  imports: [{ id: 'job', status: 'done', dryRun: false, rows: { total: 3, imported: 1, skipped: 1, duplicate: 0, failed: 1 } }],
};
const budgetWith = (period: object): Pick<Facts, 'budgets'> => ({
  budgets: [{ ...truth.budgets[0]!, periods: [{ ...truth.budgets[0]!.periods[0]!, ...period }] }],
});
const feedWith = (...frames: Facts['feed']['frames']): Pick<Facts, 'feed'> => ({
  feed: { lastSeq: frames.length, whole: true, frames: frames.map((one, index) => ({ ...one, seq: index + 1 })) },
});
const seqs = (...numbers: number[]): Pick<Facts, 'feed'> => ({
  feed: { ...truth.feed, frames: truth.feed.frames.map((one, index) => ({ ...one, seq: numbers[index] ?? index + 1 })) },
});
const { frames } = truth.feed;

describe('what agrees', () => {
  test('is found to', () => {
    expect(judge(truth)).toEqual([]);
  });
  test('where nothing is', () => {
    expect(judge({ ...truth, records: [], budgets: [], alerts: [], imports: [], ...feedWith() })).toEqual([]);
  });
  test.each<[string, Partial<Facts>]>([
    [
      'an alert of what was spent for a while',
      { alerts: [...truth.alerts, { budgetId: 'budget', thresholdPercent: 100, start: '2024-04-01' }] },
    ],
    [
      'other currencies without a rate',
      {
        records: [...truth.records, record('c', { currency: 'USD', history: null })],
        ...budgetWith({ missingRates: [{ currency: 'USD', count: 1 }] }),
      },
    ],
    [
      'what was converted, but for the rounding',
      {
        records: [...truth.records, record('c', { currency: 'USD', base: { amount: '2.31', currency: 'EUR' }, history: null })],
        ...budgetWith({ spent: '6.82', byCategory: [], available: '7.00' }),
      },
    ],
    [
      'a transfer that sums to zero',
      {
        records: [
          ...truth.records,
          record('t', {
            type: 'transfer',
            history: null,
            entries: [
              { amount: '-3.00', currency: 'EUR' },
              { amount: '3.00', currency: 'EUR' },
            ],
          }),
        ],
      },
    ],
    [
      'a record that is gone, told version by version',
      feedWith(...frames, frame(0, 'record.deleted', 'gone', 1), frame(0, 'record.deleted', 'gone', 2)),
    ],
    ['a feed whose beginning is kept no more', { feed: { lastSeq: 9_000, whole: false, frames: [] } }],
  ])('%s', (_, more) => {
    expect(judge({ ...truth, ...more })).toEqual([]);
  });
});

describe('what does not agree is told', () => {
  test.each<[string, Partial<Facts>, RegExp]>([
    ['a record listed twice', { records: [...truth.records, record('a')] }, /^record a is listed twice$/],
    [
      'a version that is missing in a history',
      { records: [record('a', { version: 3, history: lines(3, 1) })] },
      /^record a is at version 3, its history tells of 3,1$/,
    ],
    ['a version that came twice', { records: [record('a', { version: 2, history: lines(2, 1, 1) })] }, /its history tells of 2,1,1$/],
    [
      'money out of nothing',
      {
        records: [
          record('t', {
            type: 'transfer',
            entries: [
              { amount: '-3.00', currency: 'EUR' },
              { amount: '3.01', currency: 'EUR' },
            ],
          }),
        ],
      },
      /^transfer t makes 1 EUR/,
    ],
    [
      'a budget that counted one twice',
      budgetWith({ spent: '7.00' }),
      /from 2024-04-01 to 2024-04-30: 7\.00 EUR spent, the 2 records say 450 minor units$/,
    ],
    ['a budget that missed one', budgetWith({ spent: '2.50' }), /2\.50 EUR spent/],
    ['a category of a budget', budgetWith({ byCategory: [{ category: 'Food', spent: '4.51' }] }), /, Food: 4\.51 EUR spent/],
    [
      'an alert that came twice',
      { alerts: [...truth.alerts, ...truth.alerts] },
      /^the alert of budget budget at 80 % from 2024-04-01 was told 2 times$/,
    ],
    ['an alert that never came', { alerts: [] }, /^the alert of budget budget at 80 % from 2024-04-01 is missing$/],
    ['a gap in the feed', seqs(1, 2, 4, 5, 6, 7), /^the feed has 4 where 3 belongs$/],
    ['a number that is told twice', seqs(1, 2, 2, 3, 4, 5), /^the feed has 2 where 3 belongs$/],
    ['a feed that ends early', { feed: { ...truth.feed, lastSeq: 7 } }, /^the feed says it goes to 7, and ends with 6$/],
    ['a change that was not told', feedWith(...frames.slice(0, -2)), /^record b has 2 changes to be told, and 1 frames$/],
    ['a change that was told twice', feedWith(...frames, frames[0]!), /^record a has 1 changes to be told, and 2 frames$/],
    [
      'a row that was told though its import stands for it',
      feedWith(...frames, frame(0, 'record.created', 'row')),
      /^record row has 0 changes to be told, and 1 frames$/,
    ],
    [
      'an end that was told twice',
      feedWith(...frames, frame(0, 'record.deleted', 'gone', 3), frame(0, 'record.deleted', 'gone', 3)),
      /^the end of record gone at version 3 is told twice$/,
    ],
    [
      'rows that nobody accounts for',
      { imports: [{ ...truth.imports[0]!, rows: { ...truth.imports[0]!.rows, total: 4 } }] },
      /^import job has 4 rows, and accounts for 3$/,
    ],
    [
      'a row that landed twice',
      { records: [...truth.records, record('again', { history: [{ version: 1, requestId: 'job' }], category: 'Fun' })] },
      /^import job took 1 rows, and left 2 records$/,
    ],
    [
      'a dry run that left something',
      { imports: [{ ...truth.imports[0]!, dryRun: true }] },
      /^import job was a dry run, and left 1 records$/,
    ],
    [
      'a row that was not taken back',
      { imports: [{ ...truth.imports[0]!, status: 'reverted' }] },
      /^import job was taken back, and left 1 records$/,
    ],
  ])('%s', (_, more, line) => {
    expect(judge({ ...truth, ...more })).toContainEqual(expect.stringMatching(line));
  });
});
