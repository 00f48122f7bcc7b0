import { RecordChanged, recordView } from '@commonpurse/shared/contracts';
import type { JsonObject } from '@commonpurse/shared/documents';
import type { Subscription } from '@commonpurse/shared/messaging';
import type { FeedWriter } from './append-entries.ts';
import { type EntryKind, entryKey } from './entry.ts';

const kinds = { created: 'record.created', updated: 'record.updated', deleted: 'record.deleted', restored: 'record.created' } as const;

/** The kind of frame a change of a record is told by; null for a row that an import brought: the import is told as a whole. */
export function recordFrameKind({ action, record }: RecordChanged): Extract<EntryKind, `record.${string}`> | null {
  return action === 'created' && record.importId !== null ? null : kinds[action];
}

/** A changed record becomes a pointer in its owner's feed. */
export const onRecordChanged = (feed: FeedWriter): Subscription<RecordChanged> => ({
  event: RecordChanged,
  from: 'now',
  async handle(event) {
    const { record } = event.data;
    const kind = recordFrameKind(event.data);
    if (kind === null) return;
    const pointer = { id: record.id, version: event.version };
    const live = (): JsonObject => (kind === 'record.deleted' ? pointer : recordView(record));
    await feed.append(record.ownerId, [{ key: entryKey(event.id, record.ownerId, kind), kind, at: event.time, data: pointer, live }]);
  },
});
