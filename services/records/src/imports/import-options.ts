import type { DecimalSeparator } from './amount-text.ts';
import type { ColumnField } from './column-names.ts';

/** A column by its name in the header row, or by its number, counted from 1. */
export type ColumnChoice = string | number;

/** Which column is read for what. Absent: guessed; null: none. */
export interface Mapping extends Readonly<Partial<Record<ColumnField, ColumnChoice | null | undefined>>> {
  readonly customFields?: Readonly<Record<string, ColumnChoice>> | undefined;
}

/** What a row gets where its cell is empty or there is no such column. */
export interface Defaults {
  readonly type?: 'expense' | 'income' | undefined;
  readonly currency?: string | undefined;
  readonly date?: string | undefined;
  readonly description?: string | undefined;
  readonly category?: string | undefined;
  readonly source?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** How a file is to be read and what to do with its rows. What is absent is found from its first rows. */
export interface ImportOptions {
  readonly mapping: Mapping;
  readonly defaults: Defaults;
  /** Counted from 1 over the file's records; 0: there is none. */
  readonly headerRow?: number | undefined;
  readonly dateFormat?: string | undefined;
  readonly decimalSeparator?: DecimalSeparator | undefined;
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
  readonly tagSeparator?: string | undefined;
  readonly invertSign: boolean;
  readonly dryRun: boolean;
  readonly onDuplicate: 'skip' | 'import';
}
