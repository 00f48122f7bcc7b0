/** One record of a file. */
export interface FileRow {
  /** Counts the file's records, header and blank ones included, from 1. */
  readonly number: number;
  readonly cells: readonly string[];
}

/** Turns a file's bytes into its records, some at a time and with room for others in between. One for each kind of file; everything
 *  behind it knows rows only. Throws `FileProblem`. */
export type FileReader<How> = (bytes: AsyncIterable<Buffer>, how: How) => AsyncIterable<readonly FileRow[]>;
