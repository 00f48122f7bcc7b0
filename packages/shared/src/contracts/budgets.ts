import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { CalendarDate, Currency, Id, Instant, Minor } from './shapes.ts';

/** A budget, whole, as it is stored now. */
export const BudgetState = z.strictObject({
  id: Id,
  version: z.int().positive(),
  ownerId: Id,
  name: z.string(),
  amountMinor: Minor,
  currency: Currency,
  period: z.enum(['monthly', 'yearly']),
  startDate: CalendarDate,
  endDate: CalendarDate.nullable(),
  categories: z.array(z.strictObject({ category: z.string(), amountMinor: Minor.nullable() })),
  alerts: z.array(z.strictObject({ thresholdPercent: z.number(), channels: z.array(z.enum(['in-app', 'email', 'webhook'])) })),
  enforcement: z.enum(['notify', 'block']),
  deleted: z.boolean(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type BudgetState = z.infer<typeof BudgetState>;

export const BudgetChanged = defineEvent(
  'budget.changed',
  'budgets',
  'A budget was made, changed or deleted: whole, as of now.',
  z.strictObject({ action: z.enum(['created', 'updated', 'deleted']), budget: BudgetState, historyHash: z.string().nullable() }),
);
export type BudgetChanged = z.infer<typeof BudgetChanged.schema>;

/** A budget's spending reached a threshold for the first time in a period. The aggregate is the budget's period. */
export const BudgetThresholdCrossed = defineEvent(
  'budget.threshold-crossed',
  'budgets',
  "What was spent has reached a threshold, for the first time in a period. The aggregate is the budget's period.",
  z.strictObject({
    budgetId: Id,
    ownerId: Id,
    name: z.string(),
    thresholdPercent: z.number(),
    channels: z.array(z.enum(['in-app', 'email', 'webhook'])),
    period: z.strictObject({ start: CalendarDate, end: CalendarDate }),
    /** As seen when it fired. */
    spentMinor: Minor,
    availableMinor: Minor,
    currency: Currency,
  }),
);
export type BudgetThresholdCrossed = z.infer<typeof BudgetThresholdCrossed.schema>;

/** The cache channel on which budgets tells live progress: `{ userId, data: { budgetId, ...progress } }` as JSON. May be lost: no event. */
export const progressChannel = 'budget-progress';
