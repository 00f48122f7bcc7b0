import type { Documents } from '@commonpurse/shared/documents';
import type { ReadMark, ReadMarks } from './item.ts';

/** The user's `read-all`s. */
export const readMarksOf = async (marks: Documents<ReadMarks>, userId: string): Promise<readonly ReadMark[]> =>
  (await marks.get(userId))?.marks ?? [];
