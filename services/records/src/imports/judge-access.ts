import { accessTo, allows, isSharedWith, type Viewer, visibleOf } from '@commonpurse/shared/access';
import type { Filter } from '@commonpurse/shared/documents';
import type { RecordContent } from '../entries/record.ts';
import type { JudgedRow } from './judge-rows.ts';
import type { ImportDoc } from './import-job.ts';

type Job = Pick<ImportDoc, 'ownerId' | 'createdBy'>;

/** Whoever imports for somebody else may not fill in more than they may change. */
export const isOnBehalf = ({ ownerId, createdBy }: Job): boolean => ownerId !== createdBy;

/** Numbers of the good rows that lie outside of what the owner lets this viewer change. */
export const rowsOutside = (viewer: Viewer, { ownerId }: Job, batch: readonly JudgedRow[]): number[] =>
  batch.flatMap(({ number, verdict }) => (verdict.kind === 'record' && !mayLand(viewer, ownerId, verdict.content) ? [number] : []));

function mayLand(viewer: Viewer, ownerId: string, { type, category }: RecordContent): boolean {
  // It has no id yet that anybody could have shared.
  return allows(accessTo(viewer, { kind: 'record', id: '', ownerId, type, category }), 'edit');
}

/** The rows with these refused. */
export function withRefused(batch: readonly JudgedRow[], numbers: readonly number[]): readonly JudgedRow[] {
  if (numbers.length === 0) return batch;
  const refused = new Set(numbers);
  return batch.map((row) => (refused.has(row.number) ? { number: row.number, verdict: { kind: 'failed', errors: [outside] } } : row));
}
const outside = { path: '', code: 'outside-share', message: 'The row lies outside of what you may change for them' };

/** What rows may be duplicates of: a record that the viewer may not see must not show in what becomes of a row. */
export const comparable = (viewer: Viewer, { ownerId }: Job): Filter =>
  isSharedWith(viewer, 'record', ownerId) ? visibleOf(viewer, 'record', ownerId) : { $or: [] };
