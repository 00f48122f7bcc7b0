import { formatAmount } from '@commonpurse/shared/money';
import { z } from 'zod';
import type { BudgetContent, BudgetDoc } from './budget.ts';

const Amount = z.string().meta({ description: "Decimal string with exactly the currency's decimals", example: '400.00' });
const CalendarDate = z.iso.date();
const Instant = z.iso.datetime({ precision: 3 });

/** Ids are opaque; one of another form is simply not there. */
export const BudgetParams = z.object({ id: z.string().max(128) });

/** A budget as clients see it. Amounts are decimal strings in its currency. */
export const BudgetView = z
  .strictObject({
    id: z.string(),
    ownerId: z.string(),
    name: z.string(),
    amount: Amount,
    currency: z.string(),
    period: z.enum(['monthly', 'yearly']),
    startDate: CalendarDate,
    endDate: CalendarDate.optional().meta({ description: 'Absent: for ever' }),
    categories: z
      .array(z.strictObject({ category: z.string(), amount: Amount.optional() }))
      .meta({ description: 'Empty: all expenses count' }),
    rollover: z.strictObject({ mode: z.literal('none') }),
    alerts: z.array(z.strictObject({ thresholdPercent: z.number(), channels: z.array(z.enum(['in-app', 'email', 'webhook'])) })),
    enforcement: z.literal('notify'),
    monthStartDay: z.int().meta({ description: 'On which day its months begin: yours when it was created' }),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Budget' });
export type BudgetView = z.infer<typeof BudgetView>;

/** The editable fields as a client writes them: what PUT takes, what a merge patch is merged into, what history compares. */
export const editableView = (content: BudgetContent) => ({
  name: content.name,
  amount: formatAmount(content.amountMinor, content.currency),
  currency: content.currency,
  period: content.period,
  startDate: content.startDate,
  ...(content.endDate === null ? {} : { endDate: content.endDate }),
  categories: content.categories.map(({ category, amountMinor }) => ({
    category,
    ...(amountMinor === null ? {} : { amount: formatAmount(amountMinor, content.currency) }),
  })),
  rollover: { mode: content.rollover.mode },
  alerts: content.alerts.map(({ thresholdPercent, channels }) => ({ thresholdPercent, channels: [...channels] })),
  enforcement: content.enforcement,
});

export const budgetView = (budget: BudgetDoc): BudgetView => ({
  id: budget._id,
  ownerId: budget.ownerId,
  ...editableView(budget),
  monthStartDay: budget.monthStartDay,
  version: budget.version,
  createdAt: budget.createdAt,
  updatedAt: budget.updatedAt,
});

type Fields = Readonly<Record<string, ReturnType<typeof editableView>[keyof ReturnType<typeof editableView>] | null>>;

/** What history shows of a change: the editable fields that differ, by public name; all of them when it began or ended. */
export function changeBetween(before: BudgetContent | null, after: BudgetContent | null): { before: Fields | null; after: Fields | null } {
  if (before === null || after === null) return { before: before && editableView(before), after: after && editableView(after) };
  const [old, young]: [Fields, Fields] = [editableView(before), editableView(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(young)])];
  const changed = names.filter((name) => JSON.stringify(old[name]) !== JSON.stringify(young[name]));
  const only = (fields: Fields): Fields => Object.fromEntries(changed.map((name) => [name, fields[name] ?? null]));
  return { before: only(old), after: only(young) };
}
