import {
  amountFaults,
  AmountField,
  CurrencyField,
  DayField,
  keptField,
  NameField,
  TextField,
  withoutNulls,
} from '@commonpurse/shared/contracts';
import type { FieldError } from '@commonpurse/shared/http';
import { issue, Refusal } from '@commonpurse/shared/http';
import { formatAmount, parseAmount } from '@commonpurse/shared/money';
import { z } from 'zod';
import type { CustomValue, RecordContent } from './record.ts';

const RecordDate = DayField.meta({
  description: 'The day it happened; of an expense at most today in your time zone',
  example: '2026-03-14',
});
const Description = TextField.max(500);
const Tags = z
  .array(TextField.min(1).max(50))
  .max(20)
  .refine((tags) => new Set(tags).size === tags.length, issue('duplicate-tag', 'Every tag once'))
  .meta({ description: 'At most 20, each once' });
const CustomFieldValue = z.union([z.string(), z.number(), z.boolean()]);
const CustomFields = z.record(z.string(), CustomFieldValue).meta({ description: 'Values of your own fields, by name' });

/** The shapes of single fields, for whoever takes them apart from a record. */
export const recordFields = { currency: CurrencyField, date: RecordDate, description: Description, label: NameField, tags: Tags };

const required = { amount: AmountField, currency: CurrencyField, date: RecordDate };
const optional = { description: Description.optional(), tags: Tags.optional(), customFields: CustomFields.optional() };

const ExpenseBody = z
  .strictObject({ type: z.literal('expense'), ...required, category: NameField, ...optional })
  .meta({ id: 'NewExpense', description: 'Money spent' });
const IncomeBody = z
  .strictObject({ type: z.literal('income'), ...required, source: NameField, ...optional })
  .meta({ id: 'NewIncome', description: 'Money received' });

/** What POST takes. */
export const NewRecordBody = z.preprocess(
  (body, context) => {
    const type: unknown = typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined;
    const fault = typeFault(type);
    if (fault) context.addIssue({ code: 'custom', path: ['type'], params: { code: fault[0] }, message: fault[1] });
    return body;
  },
  z.discriminatedUnion('type', [ExpenseBody, IncomeBody]),
);
export type NewRecordBody = z.infer<typeof NewRecordBody>;

function typeFault(type: unknown): readonly [code: string, message: string] | null {
  if (type === 'expense' || type === 'income') return null;
  if (type === undefined) return ['required', 'The type is required: "expense" or "income"'];
  if (type === 'transfer') return ['type-not-available', 'Transfers can not be entered yet'];
  return ['invalid-value', 'The type is "expense" or "income"'];
}

const RecordType = z.enum(['expense', 'income']).meta({ description: 'May be repeated; it never changes' });

interface Labels {
  readonly category?: string | null | undefined;
  readonly source?: string | null | undefined;
}

/** What PUT takes: every field that can be edited; what is left out is emptied. Of category and source the record's type tells which it needs. */
export const ReplaceBody = z
  .strictObject({ type: RecordType.optional(), ...required, category: NameField.optional(), source: NameField.optional(), ...optional })
  .meta({ id: 'RecordReplacement', description: 'With `category` for an expense, with `source` for an income' });
export type ReplaceBody = z.infer<typeof ReplaceBody>;

/** What PATCH takes: a JSON merge patch (RFC 7396); null empties a field that may be empty. */
export const PatchBody = z
  .strictObject({
    type: RecordType.optional(),
    amount: keptField(AmountField),
    currency: keptField(CurrencyField),
    date: keptField(RecordDate),
    category: NameField.nullable().optional(),
    source: NameField.nullable().optional(),
    description: Description.nullable().optional(),
    tags: Tags.nullable().optional(),
    customFields: z.record(z.string(), CustomFieldValue.nullable()).nullable().optional(),
  })
  .meta({ id: 'RecordPatch' });
export type PatchBody = z.infer<typeof PatchBody>;

/** The editable fields as a client sends them, of the right shape but not judged yet. */
export interface ContentBody {
  readonly amount: string | number;
  readonly currency: string;
  readonly date: string;
  readonly description?: string | undefined;
  readonly category?: string | undefined;
  readonly source?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly customFields?: Readonly<Record<string, CustomValue>> | undefined;
}

type ContentReading = { readonly content: RecordContent } | { readonly errors: readonly FieldError[] };

/** Judges what depends on more than one field or on the day. `today` is the user's; `keptDate` is a date that was accepted before and
 *  stays acceptable wherever its user has moved since. */
export function readContent(type: 'expense' | 'income', body: ContentBody, today: string, keptDate?: string): ContentReading {
  const errors: FieldError[] = labelFaults(type, body);
  if (type === 'expense' && body.date > today && body.date !== keptDate) {
    errors.push({ path: '/date', code: 'date-in-future', message: `An expense can not be dated after today (${today})` });
  }
  errors.push(...faultsAnywhere(body));
  if (errors.length > 0) return { errors };
  return {
    content: {
      type,
      amountMinor: parseAmount(body.amount, body.currency),
      currency: body.currency,
      date: body.date,
      description: body.description ?? '',
      category: body.category ?? null,
      source: body.source ?? null,
      tags: body.tags ?? [],
      customFields: body.customFields ?? {},
    },
  };
}

function labelFaults(type: 'expense' | 'income', body: ContentBody): FieldError[] {
  const own = type === 'expense' ? 'category' : 'source';
  const missing = { path: `/${own}`, code: 'required', message: 'This is required' };
  return [...(body[own] === undefined ? [missing] : []), ...otherLabelFaults(type, body)];
}

function otherLabelFaults(type: 'expense' | 'income', body: Labels): FieldError[] {
  const other = type === 'expense' ? 'source' : 'category';
  return body[other] === undefined ? [] : [{ path: `/${other}`, code: 'unknown-field', message: `An ${type} has no ${other}` }];
}

/** What is wrong with the labels of a replacement whatever record it is for, told as of one of the type that it names itself. */
export function labelFaultsAnywhere({ type = 'expense', ...body }: ReplaceBody): FieldError[] {
  return (body.category === undefined) === (body.source === undefined) ? labelFaults(type, body) : [];
}

/** As `labelFaultsAnywhere`, of a merge patch: it may leave both as they are. */
export function patchLabelFaultsAnywhere({ type = 'expense', ...patch }: PatchBody): FieldError[] {
  return patch.category !== undefined && patch.source !== undefined ? otherLabelFaults(type, patch) : [];
}

/** Refuses a merge patch with a field that records of this type don't have, also one that only takes it away. */
export function demandOwnFields(type: 'expense' | 'income', patch: PatchBody): void {
  const errors = otherLabelFaults(type, patch);
  if (errors.length > 0) throw invalidRecord(errors);
}

/** What is wrong with these fields whatever record they are for, and whoever's. */
function faultsAnywhere({ amount, currency, customFields = {} }: Partial<ContentBody>): FieldError[] {
  const unknown = Object.keys(customFields).map((name) => `/customFields/${pointerPart(name)}`);
  return [
    ...unknown.map((path) => ({ path, code: 'unknown-custom-field', message: 'There is no such custom field' })),
    ...(amount === undefined ? [] : amountFaults('/amount', amount, currency)),
  ];
}

/** Refuses what is wrong before anything is looked for, so that it is told before a 404. */
export function demandSound(body: Partial<ContentBody>): void {
  const errors = faultsAnywhere(body);
  if (errors.length > 0) throw invalidRecord(errors);
}

/** As `demandSound`, of a merge patch. */
export const demandSoundPatch = ({ amount, currency, customFields }: PatchBody): void =>
  demandSound(withoutNulls({ amount, currency, customFields: withoutNulls(customFields ?? {}) }));

export const invalidRecord = (errors: readonly FieldError[]): Refusal =>
  new Refusal('validation-failed', 'The record is not valid', { errors });

const pointerPart = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** The editable fields of a record as a client would send them. */
export const bodyOf = (content: RecordContent): ContentBody => ({
  amount: formatAmount(content.amountMinor, content.currency),
  currency: content.currency,
  date: content.date,
  description: content.description,
  ...(content.category === null ? {} : { category: content.category }),
  ...(content.source === null ? {} : { source: content.source }),
  tags: content.tags,
  customFields: content.customFields,
});

/** The body that a merge patch makes of a record's; required fields it takes away are missing in it. */
export function patchedBody(content: RecordContent, patch: PatchBody): Partial<ContentBody> {
  const { type: _type, customFields, ...fields } = patch;
  const merged: Record<string, unknown> = { ...bodyOf(content), ...fields };
  if (customFields === null) delete merged['customFields'];
  else merged['customFields'] = withoutNulls({ ...content.customFields, ...customFields });
  return withoutNulls(merged);
}
