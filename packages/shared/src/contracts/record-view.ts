import { z } from 'zod';
import { formatAmount } from '../money/index.ts';
import type { RecordState } from './records.ts';
import { CalendarDate, Currency, Id, Instant } from './shapes.ts';

const Amount = z.string().meta({ description: "Decimal string with exactly the currency's decimals", example: '12.50' });
const viewed = {
  id: Id,
  ownerId: Id,
  amount: Amount,
  currency: Currency,
  date: CalendarDate,
  description: z.string(),
  tags: z.array(z.string()),
  customFields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  base: z
    .strictObject({
      amount: Amount,
      currency: Currency,
      rate: z.string().meta({ description: 'Base units per unit; "1" in one\'s own currency' }),
      rateDate: CalendarDate,
    })
    .nullable()
    .meta({ description: "Its worth in the owner's base currency when it was written; null while no rate is known" }),
  version: z.int().positive(),
  createdAt: Instant,
  updatedAt: Instant,
  createdBy: Id,
};

/** A record as every client sees it: GET, lists, live frames, history. */
export const RecordView = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('expense'), category: z.string(), ...viewed }),
    z.strictObject({ type: z.literal('income'), source: z.string(), ...viewed }),
  ])
  .meta({ id: 'Record' });
export type RecordView = z.infer<typeof RecordView>;

/** Renders a record as GET shows it. */
export function recordView(record: RecordState): RecordView {
  const { base } = record;
  // Spread first into an object that begins with it is what V8 copies as a whole.
  const kind =
    record.type === 'expense' ? { type: record.type, category: record.category ?? '' } : { type: record.type, source: record.source ?? '' };
  return {
    ...kind,
    id: record.id,
    ownerId: record.ownerId,
    amount: formatAmount(record.amountMinor, record.currency),
    currency: record.currency,
    date: record.date,
    description: record.description,
    tags: record.tags,
    customFields: record.customFields,
    base: base && {
      amount: formatAmount(base.amountMinor, base.currency),
      currency: base.currency,
      rate: base.rate,
      rateDate: base.rateDate,
    },
    version: record.version,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    createdBy: record.createdBy,
  };
}
