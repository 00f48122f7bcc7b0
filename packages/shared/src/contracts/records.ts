import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { CalendarDate, Currency, Id, Instant, Minor } from './shapes.ts';

/** A record, whole, as it is stored now. */
export const RecordState = z.strictObject({
  id: Id,
  version: z.int().positive(),
  type: z.enum(['expense', 'income']),
  ownerId: Id,
  amountMinor: Minor,
  currency: Currency,
  date: CalendarDate,
  description: z.string(),
  category: z.string().nullable(),
  source: z.string().nullable(),
  tags: z.array(z.string()),
  customFields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  base: z.strictObject({ amountMinor: Minor, currency: Currency, rate: z.string(), rateDate: CalendarDate }).nullable(),
  createdAt: Instant,
  updatedAt: Instant,
  createdBy: Id,
  deleted: z.boolean(),
  /** The import that made it, if any. */
  importId: Id.nullable(),
});
export type RecordState = z.infer<typeof RecordState>;

/** The facts that decided who could see or count it before this change; null when it was created. */
export const RecordWas = z.strictObject({
  type: z.enum(['expense', 'income']),
  date: CalendarDate,
  currency: Currency,
  category: z.string().nullable(),
  source: z.string().nullable(),
  deleted: z.boolean(),
});
export type RecordWas = z.infer<typeof RecordWas>;

export const RecordChanged = defineEvent(
  'record.changed',
  'records',
  'A record was created, changed, deleted or restored: whole, as of now, with the facts that decided who could see it before and right after.',
  z.strictObject({
    action: z.enum(['created', 'updated', 'deleted', 'restored']),
    record: RecordState,
    was: RecordWas.nullable(),
    /** The same facts right after this change; null: they are those of `record`, which nobody has changed since. */
    became: RecordWas.nullable(),
    /** Hash of the newest history line: the receiver is a witness of the chain. */
    historyHash: z.string().nullable(),
  }),
);
export type RecordChanged = z.infer<typeof RecordChanged.schema>;
