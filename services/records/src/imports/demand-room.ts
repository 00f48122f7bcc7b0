import { Refusal } from '@commonpurse/shared/http';
import type { RecordsStore } from '../store.ts';

/** So many of the largest files; of ordinary statements, thousands. */
const uploadsMax = 8;

interface Deps {
  readonly store: Pick<RecordsStore, 'imports'>;
  readonly maxUploadBytes: number;
}

/** Refuses a file whose sender has sent so much already that waits for its import: files come faster than they are worked through, and the disk is
 *  everybody's. */
export async function demandRoom({ store, maxUploadBytes }: Deps, userId: string, bytes: number): Promise<void> {
  const waiting = { openSince: { $gt: '' }, createdBy: userId, status: { $in: ['queued', 'running'] } };
  const sums = await store.imports.sum(waiting, { by: [], of: 'file.bytes' });
  const most = uploadsMax * maxUploadBytes;
  if (sums.reduce((total, { sum }) => total + sum, bytes) <= most) return;
  throw new Refusal('conflict', `Files of ${most} bytes at most wait at a time; send this one when another import is done`);
}
