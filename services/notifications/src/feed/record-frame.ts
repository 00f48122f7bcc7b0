import { accessTo, grantedBy, type Viewer } from '@commonpurse/shared/access';
import type { RecordChanged } from '@commonpurse/shared/contracts';
import type { EntryKind } from './entry.ts';

export type RecordFrame = Extract<EntryKind, `record.${string}`>;

const kinds = { created: 'record.created', updated: 'record.updated', deleted: 'record.deleted', restored: 'record.created' } as const;

/** The kind of frame by which its owner is told; null for a row that an import brought: the import is told as a whole. */
export function ownersFrame({ action, record }: RecordChanged): RecordFrame | null {
  return action === 'created' && record.importId !== null ? null : kinds[action];
}

/** The kind of frame by which somebody is told with whom it may be shared: what they did not see before has been created for them, and what
 *  they see no more is gone. null: it is nothing to them. An event may come late, or again: what went before they were granted it never was
 *  theirs to see go, and what it has become by later changes is told by these.
 *  @param at when it was changed */
export function granteesFrame(viewer: Viewer, changed: RecordChanged, at: string): RecordFrame | null {
  if (ownersFrame(changed) === null) return null;
  const { record, was, became } = changed;
  const saw = was !== null && sees(grantedBy(viewer, at), record, was);
  if (!sees(viewer, record, became ?? record)) return saw ? 'record.deleted' : null;
  return saw ? 'record.updated' : 'record.created';
}

type Facts = Pick<RecordChanged['record'], 'type' | 'category' | 'deleted'>;
const sees = (viewer: Viewer, { id, ownerId }: RecordChanged['record'], { type, category, deleted }: Facts): boolean =>
  !deleted && accessTo(viewer, { kind: 'record', id, ownerId, type, category }) !== 'none';
