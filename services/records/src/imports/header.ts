import { toNfc } from '@commonpurse/shared/contracts';
import { looksLikeAmount } from './amount-text.ts';
import { fitsOf, normalName } from './column-names.ts';
import { isBlank, maxColumns, widthOf } from './csv-syntax.ts';
import { looksLikeDate } from './date-text.ts';
import { FileProblem } from './file-problem.ts';
import type { Mapping } from './import-options.ts';

type Cells = readonly string[];

/** The row with the columns' names. */
export interface Header {
  /** Counted from 1; 0: there is none, and the data begins with the first record. */
  readonly row: number;
  readonly names: readonly string[];
}

/** Banks put the account, the period and the balance above their tables: so deep is a header looked for. */
const searchedRecords = 50;

/** A name that is looked for, in the forms that names are compared in. */
interface SoughtName {
  readonly exact: string;
  readonly normal: string;
}
export const soughtName = (name: string): SoughtName => ({ exact: toNfc(name.trim()), normal: normalName(name) });

interface NamedColumn {
  readonly name: string;
  readonly sought: SoughtName;
  /** Where the mapping asks for it. */
  readonly path: string;
}

/** The names that a mapping asks for. */
export function namedColumns(mapping: Mapping): NamedColumn[] {
  const { customFields = {}, ...fields } = mapping;
  const choices = [
    ...Object.entries(fields),
    ...Object.entries(customFields).map(([name, choice]) => [`customFields/${name}`, choice] as const),
  ];
  return choices.flatMap(([field, name]) =>
    typeof name === 'string' ? [{ name, sought: soughtName(name), path: `/options/mapping/${field}` }] : [],
  );
}

/** Where the first cell of each name is. */
interface Places {
  readonly exact: ReadonlyMap<string, number>;
  readonly normal: ReadonlyMap<string, number>;
}
/** Of each record once: a mapping may ask for thousands of names, each of them in hundreds of records. */
const placesKept = new WeakMap<Cells, Places>();

function placesOf(names: Cells): Places {
  const kept = placesKept.get(names);
  if (kept) return kept;
  const firstOf = (forms: string[]): Map<string, number> => new Map(forms.map((form, at) => [form, at] as const).toReversed());
  const sought = names.map(soughtName);
  const places = { exact: firstOf(sought.map(({ exact }) => exact)), normal: firstOf(sought.map(({ normal }) => normal)) };
  placesKept.set(names, places);
  return places;
}

/** The column of that name, from 0; -1 where there is none. As written first, else in any case and without accents. */
export function columnNamed(names: Cells, { exact, normal }: SoughtName): number {
  const places = placesOf(names);
  return places.exact.get(exact) ?? (normal === '' ? undefined : places.normal.get(normal)) ?? -1;
}

/** Finds the header: as told; else the first record with all mapped names; else with known names for a date and money; else the
 *  first record as wide as the table, when it holds words only and what follows does not. */
export function findHeader(records: readonly Cells[], headerRow: number | undefined, mapping: Mapping): Header {
  const header = headerOf(records, headerRow, mapping);
  return header.row <= 1 && isAnnouncement(records[0] ?? []) ? { row: 1, names: [] } : header;
}

/** `sep=;`, which Excel reads and takes for no row. */
const isAnnouncement = ([first = '', ...others]: Cells): boolean => /^sep=.?$/i.test(first) && isBlank(others);

function headerOf(records: readonly Cells[], headerRow: number | undefined, mapping: Mapping): Header {
  if (headerRow === 0) return { row: 0, names: [] };
  if (headerRow !== undefined) {
    const names = records[headerRow - 1];
    if (!names) throw new FileProblem('header-row-missing', `The file has no record ${headerRow}.`, '/options/headerRow');
    return { row: headerRow, names };
  }
  const named = namedColumns(mapping);
  const at =
    named.length > 0 ? records.findIndex((cells) => named.every(({ sought }) => columnNamed(cells, sought) >= 0)) : recognised(records);
  if (at >= 0) return { row: at + 1, names: records[at]! };
  if (named.length > 0) throw missingName(records, named);
  return byContent(records);
}

const recognised = (records: readonly Cells[]): number => records.slice(0, searchedRecords).findIndex((cells) => knownNames(cells) > 0);

/** How many fields this record's cells name; 0 unless a date and money are among them. */
export function knownNames(cells: Cells): number {
  const fields = new Set(cells.slice(0, maxColumns).flatMap((cell) => Object.keys(fitsOf(cell))));
  const money = fields.has('amount') || fields.has('debit') || fields.has('credit');
  return fields.has('date') && money ? fields.size : 0;
}

function missingName(records: readonly Cells[], named: readonly NamedColumn[]): FileProblem {
  const found = (cells: Cells): number => named.filter(({ sought }) => columnNamed(cells, sought) >= 0).length;
  const searched = records.slice(0, searchedRecords);
  const ranked = searched.map((cells) => ({ cells, found: found(cells), known: knownNames(cells) }));
  const names = ranked.toSorted((a, b) => b.found - a.found || b.known - a.known)[0]?.cells ?? [];
  const { name, path } = named.find(({ sought }) => columnNamed(names, sought) < 0) ?? named[0]!;
  return new FileProblem('column-not-found', `There is no column "${name.slice(0, 100)}"${known(names)}.`, path);
}

/** The names there are, for a message; short, whatever the file holds. */
export const known = (names: Cells): string => {
  const told = names.filter((name) => name.trim() !== '').map((name) => `"${name.trim().slice(0, 40)}"`);
  return told.length === 0 ? '' : `; there are ${told.slice(0, 20).join(', ')}${told.length > 20 ? ', ...' : ''}`;
};

function byContent(records: readonly Cells[]): Header {
  const searched = records.slice(0, searchedRecords);
  const widths = searched.filter((cells) => !isBlank(cells)).map(widthOf);
  const usual = mostFrequent(widths);
  const at = searched.findIndex((cells) => !isBlank(cells) && widthOf(cells) >= usual);
  const first = searched[at];
  if (!first || holdsData(first)) return { row: 0, names: [] };
  const below = searched.slice(at + 1).filter((cells) => !isBlank(cells));
  const isHeader = below.length === 0 || below.some(holdsData);
  return isHeader ? { row: at + 1, names: first } : { row: 0, names: [] };
}

const holdsData = (cells: Cells): boolean => cells.some((cell) => looksLikeDate(cell) || looksLikeAmount(cell));

/** The most frequent of these; of several the largest. 0 when there are none. */
export function mostFrequent(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  const [best] = [...counts].toSorted(([a, timesA], [b, timesB]) => timesB - timesA || b - a);
  return best?.[0] ?? 0;
}
