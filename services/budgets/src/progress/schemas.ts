import { DayField } from '@commonpurse/shared/contracts';
import { issue } from '@commonpurse/shared/http';
import { z } from 'zod';

const Amount = z.string().meta({ description: "Decimal string with exactly the decimals of the budget's currency", example: '120.50' });
const CalendarDate = z.iso.date();

/** `<record id>:<version>`. */
const written = /^([^:]{1,128}):([1-9]\d{0,9})$/;

export const ProgressQuery = z.strictObject({
  date: DayField.optional().meta({
    description:
      "A day of the period wanted; default: today in the owner's zone (of a budget that has not begun or is over: its first or last period). A day that the budget doesn't count is refused with `outside-budget`",
    example: '2026-01-15',
  }),
  after: z.string().regex(written, issue('invalid-format', 'Write <record id>:<version>')).optional().meta({
    description:
      '`<record id>:<version>` of a record that you have just written: the answer counts it at that version or a later one. Waits up to two seconds for it; then 503 with `Retry-After`. A version that was never written, and a record that is not there or that you may not see, are refused with `record-unknown`',
    example: '01994d2a-7c1e-7c3a-9d63-3f0a54a1b2c3:1',
  }),
});

/** The parts of a valid `after`. */
export function writtenRecordOf(after: string): { id: string; version: number } {
  const [, id = '', version = ''] = written.exec(after) ?? [];
  return { id, version: Number(version) };
}

export const Progress = z
  .strictObject({
    period: z.strictObject({ start: CalendarDate, end: CalendarDate }).meta({ description: 'First and last day' }),
    currency: z.string(),
    limit: Amount,
    rolledOver: Amount,
    available: Amount.meta({ description: '`limit` and `rolledOver`' }),
    spent: Amount.meta({ description: 'Expenses of the whole period that the budget counts' }),
    remaining: Amount.meta({ description: 'May be negative' }),
    percent: z.number().meta({ description: 'Of `available`, at most one decimal', example: 30.1 }),
    byCategory: z
      .array(z.strictObject({ category: z.string(), limit: Amount.nullable(), spent: Amount }))
      .meta({ description: "In the budget's order; without named categories, those spent on, most first" }),
    projected: Amount.meta({
      description: 'Spent by the end if it goes on like this: spent / days elapsed (today included) * days of the period, half to even',
    }),
    daysLeft: z.int().meta({ description: "Days of the period after today, in the owner's zone" }),
    status: z.enum(['ok', 'warning', 'exceeded']).meta({ description: '`warning` from the lowest threshold, `exceeded` above 100 %' }),
    missingRates: z
      .array(z.strictObject({ currency: z.string(), count: z.int() }))
      .meta({ description: 'Expenses in other currencies that have no rate: counted here, not in `spent`' }),
    asOf: z.iso.datetime({ precision: 3 }).meta({ description: 'When the figures were read' }),
  })
  .meta({ id: 'BudgetProgress' });
