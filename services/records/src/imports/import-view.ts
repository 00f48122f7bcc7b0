import type { ImportListItem, ImportView } from '@commonpurse/shared/contracts';
import { columnFields } from './column-names.ts';
import { type ImportDoc, summaryOf } from './import-job.ts';
import type { ImportReport } from './import-report.ts';
import type { Plan } from './plan.ts';

/** A job as a list shows it. */
export const importListItem = (job: ImportDoc): ImportListItem => ({
  ...summaryOf(job),
  file: { name: job.file.name, bytes: job.file.bytes },
  format: job.plan && formatOf(job.plan, job.file.encoding),
});

/** A job as GET shows it. */
export const importView = (job: ImportDoc, report: ImportReport | null): ImportView => ({
  ...importListItem(job),
  errors: (report?.errors ?? []).map((error) => ({ ...error })),
  preview: (report?.preview ?? []).map((row) => ({
    ...row,
    amount: String(row.amount),
    tags: [...(row.tags ?? [])],
    customFields: { ...row.customFields },
    description: row.description ?? '',
  })),
});

/** In the words of the options, so that it can be sent back as such. */
const formatOf = (plan: Plan, encoding: string): NonNullable<ImportListItem['format']> => ({
  encoding,
  delimiter: plan.delimiter,
  headerRow: plan.headerRow,
  dateFormat: plan.dateFormat,
  decimalSeparator: plan.decimalSeparator,
  tagSeparator: plan.tagSeparator,
  currency: plan.currency,
  mapping: mappingOf(plan),
});

function mappingOf({ columns, names }: Plan): Record<string, string | number> {
  const own = columnFields.map((field) => [field, columns[field]] as const);
  const custom = Object.entries(columns.customFields).map(([name, at]) => [`customFields.${name}`, at] as const);
  return Object.fromEntries([...own, ...custom].flatMap(([field, at]) => (at === null ? [] : [[field, columnOf(names, at)]])));
}

/** By its name, if no other column has it. */
function columnOf(names: readonly string[], at: number): string | number {
  const name = names[at]?.trim() ?? '';
  const isUnique = names.filter((other) => other.trim() === name).length === 1;
  return name !== '' && name.length <= 200 && isUnique ? name : at + 1;
}
