import { amountFaults, AmountField, CurrencyField, DayField, keptField, NameField, withoutNulls } from '@commonpurse/shared/contracts';
import type { FieldError } from '@commonpurse/shared/http';
import { issue, Refusal } from '@commonpurse/shared/http';
import { formatAmount, parseAmount } from '@commonpurse/shared/money';
import { z } from 'zod';
import type { Alert } from '../alerts/alert.ts';
import type { BudgetContent } from './budget.ts';

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
const Name = NameField.meta({ example: 'Groceries' });
const PeriodKind = z
  .enum(['monthly', 'yearly'])
  .meta({ description: 'Months begin on your `monthStartDay` as it was when the budget was created' });

const Categories = z
  .array(z.strictObject({ category: NameField, amount: Amount.optional() }))
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
const channelNames = ['in-app', 'email', 'webhook'] as const;
const Channels = z
  .array(z.enum(channelNames))
  .min(1)
  .max(channelNames.length)
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
    name: keptField(Name),
    amount: keptField(Amount),
    currency: keptField(CurrencyField),
    period: keptField(PeriodKind),
    startDate: keptField(StartDate),
    endDate: EndDate.nullable().optional(),
    categories: Categories.nullable().optional(),
    rollover: z.strictObject({ mode: Mode.nullable().optional(), cap: Cap.nullable().optional() }).nullable().optional(),
    alerts: Alerts.nullable().optional(),
    enforcement: Enforcement.nullable().optional(),
  })
  .meta({ id: 'BudgetPatch' });
export type BudgetPatch = z.infer<typeof BudgetPatch>;

/** Judges what depends on more than one field: amounts on the currency, allocations on the amount, days on each other. Refuses: 400. */
export function readBudget(body: BudgetBody): BudgetContent {
  demandSound(body);
  const minorOf = (amount: string | number): number => parseAmount(amount, body.currency);
  return {
    name: body.name,
    amountMinor: minorOf(body.amount),
    currency: body.currency,
    period: body.period,
    startDate: body.startDate,
    endDate: body.endDate ?? null,
    categories: (body.categories ?? []).map(({ category, amount }) => ({
      category,
      amountMinor: amount === undefined ? null : minorOf(amount),
    })),
    rollover: { mode: 'none' },
    alerts: body.alerts?.map(({ thresholdPercent, channels = ['in-app'] }) => ({ thresholdPercent, channels })) ?? defaultAlerts,
    enforcement: 'notify',
  };
}

/** Refuses a merge patch for what is wrong with it whatever budget it is for: before that is looked for, so that it is told before a 404. */
export const demandSoundPatch = ({ rollover: _rollover, ...patch }: BudgetPatch): void => demandSound(withoutNulls(patch));

function demandSound(body: Partial<BudgetBody>): void {
  const errors = faultsOf(body);
  const [first] = errors;
  if (first) throw new Refusal('validation-failed', `${first.path}: ${first.message}`, { errors });
}

/** What is wrong with these fields, as far as they tell. */
function faultsOf({ amount, currency, categories = [], startDate, endDate, alerts = [] }: Partial<BudgetBody>): FieldError[] {
  const amounts = [{ amount, path: '/amount' }, ...categories.map((each, index) => ({ ...each, path: `/categories/${index}/amount` }))];
  const errors = [
    ...amounts.flatMap((each) => (each.amount === undefined ? [] : amountFaults(each.path, each.amount, currency))),
    ...repeats(categories, 'category', 'categories', 'duplicate-category'),
  ];
  if (errors.length === 0 && amount !== undefined && currency !== undefined) errors.push(...excess(categories, amount, currency));
  if (startDate !== undefined && endDate !== undefined && endDate < startDate) {
    errors.push({ path: '/endDate', code: 'end-before-start', message: 'The last day comes before the first' });
  }
  return [...errors, ...repeats(alerts, 'thresholdPercent', 'alerts', 'duplicate-threshold')];
}

function excess(categories: NonNullable<BudgetBody['categories']>, amount: string | number, currency: string): FieldError[] {
  const allocated = categories.reduce((sum, each) => sum + (each.amount === undefined ? 0 : parseAmount(each.amount, currency)), 0);
  if (allocated <= parseAmount(amount, currency)) return [];
  const message = `The categories' amounts sum to ${formatAmount(allocated, currency)}, more than the budget's`;
  return [{ path: '/categories', code: 'allocations-exceed-amount', message }];
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
