import { AmountField, CurrencyField, DayField } from '@commonpurse/shared/contracts';
import type { FieldError } from '@commonpurse/shared/http';
import { issue } from '@commonpurse/shared/http';
import { AmountError, formatAmount, parseAmount } from '@commonpurse/shared/money';
import { z } from 'zod';
import type { Alert } from '../alerts/alert.ts';
import type { BudgetContent, CategoryLimit } from './budget.ts';

const defaultAlerts: readonly Alert[] = [
  { thresholdPercent: 80, channels: ['in-app'] },
  { thresholdPercent: 100, channels: ['in-app'] },
];
const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
const notSupported = (what: string) => issue('not-supported', `${what} is not available yet`);

const Amount = AmountField.meta({ ...AmountField.meta(), example: '400.00' });
const StartDate = DayField.meta({
  description: 'The first day that counts; a yearly budget begins its years in this month',
  example: '2026-01-01',
});
const EndDate = DayField.meta({ description: 'The last day that counts; absent: for ever', example: '2026-12-31' });
const Name = z.string().trim().min(1).max(100).meta({ example: 'Groceries' });
const PeriodKind = z
  .enum(['monthly', 'yearly'])
  .meta({ description: 'Months begin on your `monthStartDay` as it was when the budget was created' });

const Categories = z
  .array(z.strictObject({ category: z.string().trim().min(1).max(100), amount: Amount.optional() }))
  .max(100)
  .meta({
    description: 'What counts; empty: all expenses. Each once; the amounts sum to at most the budget’s',
    example: [{ category: 'Food', amount: '250.00' }],
  });
const Threshold = z
  .number()
  .positive()
  .max(1000)
  .refine((percent) => Number(percent.toFixed(1)) === percent, issue('too-precise', 'At most one decimal'))
  .meta({ description: 'Percent of what is available, above 0, at most 1000, at most one decimal', example: 80 });
const Channels = z
  .array(z.enum(['in-app', 'email', 'webhook']))
  .min(1)
  .refine(distinct, issue('duplicate-channel', 'Every channel once'))
  .meta({ description: 'Default: in-app', example: ['in-app'] });
const Alerts = z
  .array(z.strictObject({ thresholdPercent: Threshold, channels: Channels.optional() }))
  .max(20)
  .meta({
    description: 'Each threshold once, at most 20; default: 80 and 100 percent, in-app',
    example: [{ thresholdPercent: 90, channels: ['in-app'] }],
  });

const modes = ['none', 'surplus', 'deficit', 'both'] as const;
const Mode = z.enum(modes).refine((mode) => mode === 'none', notSupported('Rollover'));
const Cap = Amount.refine(() => false, notSupported('A cap on rollover'));
const Enforcement = z
  .enum(['notify', 'block'])
  .refine((enforcement) => enforcement === 'notify', notSupported('Blocking'))
  .meta({ description: 'Only `notify` for now' });

/** What POST and PUT take: every field that can be edited; what is left out gets its default. */
export const BudgetBody = z
  .strictObject({
    name: Name,
    amount: Amount,
    currency: CurrencyField,
    period: PeriodKind,
    startDate: StartDate,
    endDate: EndDate.optional(),
    categories: Categories.optional(),
    rollover: z.strictObject({ mode: Mode, cap: Cap.optional() }).optional().meta({ description: 'Only mode `none` for now' }),
    alerts: Alerts.optional(),
    enforcement: Enforcement.optional(),
  })
  .meta({ id: 'NewBudget' });
export type BudgetBody = z.infer<typeof BudgetBody>;

/** What PATCH takes: a JSON merge patch (RFC 7396); null gives a field its default. Lists are replaced whole. */
export const BudgetPatch = z
  .strictObject({
    name: Name.nullable().optional(),
    amount: Amount.nullable().optional(),
    currency: CurrencyField.nullable().optional(),
    period: PeriodKind.nullable().optional(),
    startDate: StartDate.nullable().optional(),
    endDate: EndDate.nullable().optional(),
    categories: Categories.nullable().optional(),
    rollover: z.strictObject({ mode: Mode.nullable().optional(), cap: Cap.nullable().optional() }).nullable().optional(),
    alerts: Alerts.nullable().optional(),
    enforcement: Enforcement.nullable().optional(),
  })
  .meta({ id: 'BudgetPatch' });
export type BudgetPatch = z.infer<typeof BudgetPatch>;

export type BudgetReading = { readonly content: BudgetContent } | { readonly errors: readonly FieldError[] };

/** Judges what depends on more than one field: amounts on the currency, allocations on the amount, days on each other. */
export function readBudget(body: BudgetBody): BudgetReading {
  const errors: FieldError[] = [];
  const amountMinor = readAmount(body.amount, body.currency, '/amount', errors);
  const categories = readCategories(body, amountMinor, errors);
  if (body.endDate !== undefined && body.endDate < body.startDate) {
    errors.push({ path: '/endDate', code: 'end-before-start', message: 'The last day comes before the first' });
  }
  const alerts = body.alerts?.map(({ thresholdPercent, channels }) => ({ thresholdPercent, channels: channels ?? (['in-app'] as const) }));
  errors.push(...repeats(body.alerts ?? [], 'thresholdPercent', 'alerts', 'duplicate-threshold'));
  if (errors.length > 0) return { errors };
  return {
    content: {
      name: body.name,
      amountMinor,
      currency: body.currency,
      period: body.period,
      startDate: body.startDate,
      endDate: body.endDate ?? null,
      categories,
      rollover: { mode: 'none' },
      alerts: alerts ?? defaultAlerts,
      enforcement: 'notify',
    },
  };
}

/** Zero, and a fault in `errors`, when it is none. */
function readAmount(amount: string | number, currency: string, path: string, errors: FieldError[]): number {
  try {
    return parseAmount(amount, currency);
  } catch (error) {
    if (!(error instanceof AmountError)) throw error;
    errors.push({ path, code: error.code, message: error.message });
    return 0;
  }
}

function readCategories(body: BudgetBody, amountMinor: number, errors: FieldError[]): CategoryLimit[] {
  const categories = body.categories ?? [];
  errors.push(...repeats(categories, 'category', 'categories', 'duplicate-category'));
  const limits = categories.map(({ category, amount }, index) => ({
    category,
    amountMinor: amount === undefined ? null : readAmount(amount, body.currency, `/categories/${index}/amount`, errors),
  }));
  const allocated = limits.reduce((sum, limit) => sum + (limit.amountMinor ?? 0), 0);
  if (errors.length === 0 && allocated > amountMinor) {
    const message = `The categories' amounts sum to ${formatAmount(allocated, body.currency)}, more than the budget's`;
    errors.push({ path: '/categories', code: 'allocations-exceed-amount', message });
  }
  return limits;
}

function repeats<T, K extends keyof T & string>(items: readonly T[], field: K, list: string, code: string): FieldError[] {
  const seen = new Set<T[K]>();
  return items.flatMap((item, index) => {
    if (!seen.has(item[field])) return (seen.add(item[field]), []);
    return [{ path: `/${list}/${index}/${field}`, code, message: `${String(item[field])} is there already` }];
  });
}

/** The body that a merge patch makes of a budget's; required fields that it takes away are missing in it. */
export function patchedBody(current: Readonly<Record<string, unknown>>, patch: BudgetPatch): Record<string, unknown> {
  const { rollover, ...fields } = patch;
  const merged = withoutNulls({ ...current, ...fields });
  if (rollover === null) delete merged['rollover'];
  else if (rollover !== undefined) merged['rollover'] = { mode: 'none', ...withoutNulls(rollover) };
  return merged;
}

const withoutNulls = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
