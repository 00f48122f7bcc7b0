import { describe, expect, test } from '@jest/globals';
import { parseOrRefuse, Refusal } from '@commonpurse/shared/http';
import { BudgetBody, BudgetPatch, patchedBody, readBudget } from './budget-content.ts';
import { newBudgetExample } from './examples.ts';

const minimal = { name: 'Food', amount: '100', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };
const alertsOf = (length: number) => Array.from({ length }, (_, at) => ({ thresholdPercent: at + 1 }));
const categoriesOf = (length: number) => Array.from({ length }, (_, at) => ({ category: `Category ${at}` }));

/** What is wrong, as `path code`; nothing when it is accepted. */
const faults = (body: unknown): string[] => faultsOf(() => readBudget(parseOrRefuse(BudgetBody, body)));
function faultsOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return (error.errors ?? []).map(({ path, code }) => `${path} ${code}`);
  }
}

describe('A new budget', () => {
  test('needs little; the rest has defaults', () => {
    const { amount: _amount, ...rest } = minimal;
    expect(readBudget(parseOrRefuse(BudgetBody, minimal))).toEqual({
      ...rest,
      amountMinor: 10_000,
      endDate: null,
      categories: [],
      rollover: { mode: 'none' },
      alerts: [
        { thresholdPercent: 80, channels: ['in-app'] },
        { thresholdPercent: 100, channels: ['in-app'] },
      ],
      enforcement: 'notify',
    });
    const { alerts } = readBudget(parseOrRefuse(BudgetBody, { ...minimal, alerts: [{ thresholdPercent: 90 }] }));
    expect(alerts).toEqual([{ thresholdPercent: 90, channels: ['in-app'] }]);
  });

  test.each<[string, object]>([
    ['the example', newBudgetExample],
    ['a number for an amount', { ...minimal, amount: 12.5 }],
    ['no alerts at all', { ...minimal, alerts: [] }],
    ['a threshold with one decimal', { ...minimal, alerts: [{ thresholdPercent: 33.3 }] }],
    ['the highest threshold', { ...minimal, alerts: [{ thresholdPercent: 1000, channels: ['email', 'webhook', 'in-app'] }] }],
    [
      'allocations that use all of it',
      {
        ...minimal,
        categories: [{ category: 'A', amount: '60' }, { category: 'B', amount: '40' }, { category: 'C' }],
      },
    ],
    ['20 alerts', { ...minimal, alerts: alertsOf(20) }],
    ['100 categories', { ...minimal, categories: categoriesOf(100) }],
    ['one day', { ...minimal, endDate: '2026-01-01' }],
    ['what is so by default', { ...minimal, rollover: { mode: 'none' }, enforcement: 'notify', categories: [] }],
  ])('may have %s', (_, body) => expect(faults(body)).toEqual([]));

  test.each<[string, object, string[]]>([
    ['nothing', {}, ['/name required', '/amount required', '/currency required', '/period required', '/startDate required']],
    ['an unknown field', { ...minimal, ownerId: 'me' }, ['/ownerId unknown-field']],
    ['an empty name', { ...minimal, name: '  ' }, ['/name too-short']],
    ['a long name', { ...minimal, name: 'x'.repeat(101) }, ['/name too-long']],
    ['no money', { ...minimal, amount: '0' }, ['/amount amount-not-positive']],
    ['too many decimals', { ...minimal, amount: '1.001' }, ['/amount amount-too-precise']],
    ['too much money', { ...minimal, amount: '100000000000' }, ['/amount amount-too-large']],
    ['an exponent', { ...minimal, amount: '1e3' }, ['/amount amount-malformed']],
    ['an unknown currency', { ...minimal, currency: 'XXX' }, ['/currency currency-unknown']],
    ['another period', { ...minimal, period: 'weekly' }, ['/period invalid-value']],
    ['a day that does not exist', { ...minimal, startDate: '2026-02-30' }, ['/startDate invalid-format']],
    ['a day before there were any', { ...minimal, startDate: '1899-12-31' }, ['/startDate date-too-early']],
    ['an end before the start', { ...minimal, endDate: '2025-12-31' }, ['/endDate end-before-start']],
    [
      'a category twice',
      { ...minimal, categories: [{ category: 'A' }, { category: ' A ' }] },
      ['/categories/1/category duplicate-category'],
    ],
    [
      'a category twice, once as macOS spells it',
      { ...minimal, categories: [{ category: 'Caf\u00e9' }, { category: 'Cafe\u0301' }] },
      ['/categories/1/category duplicate-category'],
    ],
    [
      'an allocation of nothing',
      { ...minimal, categories: [{ category: 'A', amount: '0.00' }] },
      ['/categories/0/amount amount-not-positive'],
    ],
    [
      'allocations beyond it',
      {
        ...minimal,
        categories: [
          { category: 'A', amount: '60' },
          { category: 'B', amount: '40.01' },
        ],
      },
      ['/categories allocations-exceed-amount'],
    ],
    ['rollover', { ...minimal, rollover: { mode: 'surplus' } }, ['/rollover/mode not-supported']],
    ['a cap', { ...minimal, rollover: { mode: 'none', cap: '5' } }, ['/rollover/cap not-supported']],
    ['a mode there never was', { ...minimal, rollover: { mode: 'all' } }, ['/rollover/mode invalid-value']],
    ['blocking', { ...minimal, enforcement: 'block' }, ['/enforcement not-supported']],
    [
      'a threshold twice',
      { ...minimal, alerts: [{ thresholdPercent: 80 }, { thresholdPercent: 80.0 }] },
      ['/alerts/1/thresholdPercent duplicate-threshold'],
    ],
    ['a threshold of zero', { ...minimal, alerts: [{ thresholdPercent: 0 }] }, ['/alerts/0/thresholdPercent too-small']],
    ['a threshold too high', { ...minimal, alerts: [{ thresholdPercent: 1000.1 }] }, ['/alerts/0/thresholdPercent too-big']],
    ['a threshold too precise', { ...minimal, alerts: [{ thresholdPercent: 80.25 }] }, ['/alerts/0/thresholdPercent too-precise']],
    ['no channel', { ...minimal, alerts: [{ thresholdPercent: 80, channels: [] }] }, ['/alerts/0/channels too-few']],
    [
      'a channel twice',
      { ...minimal, alerts: [{ thresholdPercent: 80, channels: ['email', 'email'] }] },
      ['/alerts/0/channels duplicate-channel'],
    ],
    [
      'more channels than there are',
      { ...minimal, alerts: [{ thresholdPercent: 80, channels: ['email', 'in-app', 'webhook', 'email'] }] },
      ['/alerts/0/channels too-many'],
    ],
    ['an unknown channel', { ...minimal, alerts: [{ thresholdPercent: 80, channels: ['sms'] }] }, ['/alerts/0/channels/0 invalid-value']],
    ['21 alerts', { ...minimal, alerts: alertsOf(21) }, ['/alerts too-many']],
    ['101 categories', { ...minimal, categories: categoriesOf(101) }, ['/categories too-many']],
  ])('may not have %s', (_, body, expected) => expect(faults(body)).toEqual(expected));
});

describe('A merge patch', () => {
  const current = { ...minimal, endDate: '2026-12-31', categories: [{ category: 'A' }], rollover: { mode: 'none' } };
  const patched = (patch: unknown): unknown => patchedBody(current, parseOrRefuse(BudgetPatch, patch));
  test('changes what it names and leaves the rest', () => expect(patched({ amount: '7' })).toEqual({ ...current, amount: '7' }));
  test('replaces lists whole', () => expect(patched({ categories: [] })).toEqual({ ...current, categories: [] }));
  test('takes away by null', () => {
    expect(patched({ endDate: null, rollover: null })).toEqual({ ...minimal, categories: [{ category: 'A' }] });
  });
  test('merges into objects, where null gives the default too', () => {
    expect(patched({ rollover: { cap: null } })).toEqual(current);
    expect(patched({ rollover: { mode: null } })).toEqual(current);
  });
  test('what is required can not be taken away', () => expect(faultsOf(() => patched({ name: null }))).toEqual(['/name required']));
});
