import { type NaiveBudget, naiveMoney } from './naive-budgets.ts';
import { categories, type Dice, telling } from './random-records.ts';

/** What a client sends of a budget, and what it means. */
export interface RandomBudget {
  readonly body: Record<string, unknown>;
  readonly plan: Omit<NaiveBudget, 'id' | 'ownerId' | 'monthStartDay'>;
}

export function randomBudget({ below, pick }: Dice): RandomBudget {
  const currency = pick(['EUR', 'EUR', 'JPY', 'BHD']);
  const amountMinor = pick([1, 100, 333, 5_000, 10_000, 1_000_000]);
  const startDate = pick(telling);
  const endDate = below(3) === 0 ? pick(telling.filter((day) => day >= startDate)) : null;
  const named = below(2) === 0 ? [] : categories.filter(() => below(2) === 0);
  const limits = named.map((category, at) => ({ category, amountMinor: at === 0 && amountMinor > 1 ? Math.floor(amountMinor / 2) : null }));
  const thresholds = pick([null, [0.1, 99.9], [100, 33.3], [1_000], []]);
  const plan = { amountMinor, currency, period: pick(['monthly', 'yearly'] as const), startDate, endDate, categories: limits };
  return { body: bodyOf(plan, thresholds), plan: { ...plan, thresholds: thresholds ?? [80, 100] } };
}

/** What is left out gets its default, in a patch as in a new one. */
function bodyOf(plan: Omit<RandomBudget['plan'], 'thresholds'>, thresholds: readonly number[] | null): Record<string, unknown> {
  const money = (minor: number): string => naiveMoney(minor, plan.currency);
  return {
    name: 'Household',
    amount: money(plan.amountMinor),
    currency: plan.currency,
    period: plan.period,
    startDate: plan.startDate,
    endDate: plan.endDate,
    categories: plan.categories.map(({ category, amountMinor }) => ({
      category,
      ...(amountMinor === null ? {} : { amount: money(amountMinor) }),
    })),
    alerts: thresholds && thresholds.map((thresholdPercent) => ({ thresholdPercent })),
  };
}
