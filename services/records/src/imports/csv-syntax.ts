/** One character between two cells. */
export type Delimiter = string;

/** More cells than any bank sends; a file with more is something else. */
export const maxColumns = 100;
/** Characters of one record. A quote that never closes swallows no more than this. */
export const maxRecordChars = 128 * 1024;

/** A record is blank when there is nothing in it but white space. */
export const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

/** How many cells a record has, not counting empty ones at its end. */
export function widthOf(cells: readonly string[]): number {
  let width = cells.length;
  while (width > 0 && cells[width - 1]!.trim() === '') width -= 1;
  return width;
}
