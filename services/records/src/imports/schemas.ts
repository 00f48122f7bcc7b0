import { ImportListItem as JobAsListed, ImportView as JobAsShown } from '@commonpurse/shared/contracts';
import { issue, listParameters } from '@commonpurse/shared/http';
import { z } from 'zod';
import { recordFields } from '../entries/record-content.ts';
import { maxColumns } from './csv-syntax.ts';
import { parseDateFormat } from './date-text.ts';
import { encodingNamed } from './encoding.ts';
import type { ImportOptions } from './import-options.ts';

const Column = z.union([z.string().min(1).max(200), z.int().min(1).max(maxColumns)]);
const choice = (what: string) =>
  Column.nullable()
    .optional()
    .meta({ description: `${what}; null: none` });

const MappingFields = z
  .strictObject({
    amount: choice('Signed amounts'),
    debit: choice('Amounts that went out; with `credit`, instead of `amount`'),
    credit: choice('Amounts that came in'),
    date: choice('Days'),
    description: choice('Descriptions'),
    category: choice('Categories of expenses'),
    source: choice('Sources of income'),
    currency: choice('ISO 4217 codes'),
    type: choice('"expense" or "income", or a bank\'s word for it: debit, Soll, S, Af, ...'),
    tags: choice('Tags, several to a cell'),
    customFields: z.record(z.string().min(1).max(100), Column).optional().meta({ description: 'Your own fields, by name' }),
  })
  .refine((mapping) => (mapping.amount ?? null) === null || (mapping.debit ?? mapping.credit ?? null) === null, {
    ...issue('conflicting-columns', 'Either `amount`, or `debit` and `credit`'),
    path: ['amount'],
  })
  .meta({ description: 'A column by its name in the header row, or by its number, counted from 1. What is absent is guessed' });

/** `customFields.x` may also be written as one name. */
const Mapping = z.preprocess((mapping) => {
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) return mapping;
  const entries = Object.entries(mapping as Record<string, unknown>);
  const dotted = entries.filter(([name]) => name.startsWith('customFields.'));
  if (dotted.length === 0) return mapping;
  const plain = Object.fromEntries(entries.filter((entry) => !dotted.includes(entry)));
  const custom = Object.fromEntries(dotted.map(([name, column]) => [name.slice('customFields.'.length), column]));
  const nested: unknown = plain['customFields'];
  return { ...plain, customFields: typeof nested === 'object' && nested !== null ? { ...nested, ...custom } : custom };
}, MappingFields);

const Defaults = z
  .strictObject({
    type: z.enum(['expense', 'income']).optional(),
    currency: recordFields.currency.optional(),
    date: recordFields.date.optional(),
    description: recordFields.description.optional(),
    category: recordFields.label.optional(),
    source: recordFields.label.optional(),
    tags: recordFields.tags.optional(),
  })
  .meta({ description: 'What a row gets where its cell is empty or there is no such column' });

const isDelimiter = (text: string): boolean => text.length === 1 && !/[\p{L}\p{N}\s"]/u.test(text.replace('\t', '|'));

/** The `options` part of an upload. */
export const ImportOptionsBody = z
  .strictObject({
    mapping: Mapping.optional(),
    defaults: Defaults.optional(),
    headerRow: z.int().min(0).max(200).optional().meta({ description: 'Counted from 1; 0: the file has none. Default: found' }),
    dateFormat: z
      .string()
      .max(40)
      .refine(
        (format) => parseDateFormat(format) !== null,
        issue('date-format-invalid', 'A date format has yyyy or yy, MM or M, dd or d, and characters in between'),
      )
      .optional()
      .meta({
        description:
          '`yyyy MM dd d M yy` and literal separators; `M` also reads the name of a month. A time of day behind it is not looked at. Default: found',
        example: 'dd.MM.yyyy',
      }),
    decimalSeparator: z
      .enum(['.', ','])
      .optional()
      .meta({ description: 'Thousands are grouped by the other one, in threes, or not at all. Default: found' }),
    delimiter: z
      .string()
      .refine(isDelimiter, issue('delimiter-invalid', 'A delimiter is one character that is no letter, digit, quote or line end'))
      .optional(),
    encoding: z
      .string()
      .max(40)
      .refine((label) => encodingNamed(label) !== null, issue('encoding-unknown', 'There is no such encoding'))
      .optional()
      .meta({
        description:
          'A label of the WHATWG Encoding Standard. Default: by byte order mark, else UTF-8, else Windows-1252 where it can be that',
        example: 'windows-1252',
      }),
    tagSeparator: z.string().min(1).max(5).optional(),
    sheet: z
      .unknown()
      .refine((sheet) => sheet === undefined, issue('sheet-not-supported', 'A CSV file has no sheets'))
      .optional()
      .meta({ description: 'Of a spreadsheet; a CSV file has none, and it is refused', type: 'string' }),
    invertSign: z
      .boolean()
      .optional()
      .meta({ description: 'The file shows what was spent without a minus and what came in with one. Default: false' }),
    dryRun: z.boolean().optional().meta({ description: 'Say what would happen, import nothing. Default: false' }),
    onDuplicate: z.enum(['skip', 'import']).optional().meta({ description: 'Default: skip' }),
  })
  .meta({ id: 'ImportOptions', description: 'What is absent is found from the first rows' });
export type ImportOptionsBody = z.infer<typeof ImportOptionsBody>;

export const importOptionsOf = ({ sheet: _sheet, ...body }: ImportOptionsBody): ImportOptions => ({
  ...body,
  mapping: body.mapping ?? {},
  defaults: body.defaults ?? {},
  invertSign: body.invertSign ?? false,
  dryRun: body.dryRun ?? false,
  onDuplicate: body.onDuplicate ?? 'skip',
});

/** The parts of an upload, as documented; they are read as a stream. */
export const ImportUpload = z.object({
  file: z.string().meta({ format: 'binary', description: 'The CSV file' }),
  options: ImportOptionsBody.optional().meta({ description: 'JSON' }),
});

/** A job in the API's document. */
export const ImportListItem = JobAsListed.meta({ id: 'ImportSummary' });
export const ImportView = JobAsShown.meta({ id: 'Import' });

export const ImportParams = z.object({ id: z.string().max(128) });
export const ImportListQuery = z.strictObject(listParameters);
