import { type PeopleMirror, personNow, viewerOf } from '@commonpurse/shared/access';
import { RecordChanged, recordView } from '@commonpurse/shared/contracts';
import type { JsonObject } from '@commonpurse/shared/documents';
import type { DomainEvent, Subscription } from '@commonpurse/shared/messaging';
import { type Clock, PeerUnavailable } from '@commonpurse/shared/service';
import type { FindEditor } from '../find-editor.ts';
import { editedRecordItem } from '../sharing/item.ts';
import type { FeedWriter } from './append-entries.ts';
import { type EntryDraft, entryKey } from './entry.ts';
import { granteesFrame, ownersFrame, type RecordFrame } from './record-frame.ts';

export interface RecordChangedDeps {
  readonly feed: FeedWriter;
  readonly people: Pick<PeopleMirror, 'current'>;
  readonly findEditor: FindEditor;
  readonly clock: Clock;
}

/** A changed record becomes a pointer in the feeds of its owner and of everybody with whom it is shared, or was before the change. */
export const onRecordChanged = (deps: RecordChangedDeps): Subscription<RecordChanged> => ({
  event: RecordChanged,
  from: 'now',
  async handle(event) {
    const kind = ownersFrame(event.data);
    if (kind === null) return;
    await Promise.all([tellOwner(deps, event, kind), tellGrantees(deps, event)]);
  },
});

/** With an item for the inbox beside it, where somebody else has done it. */
async function tellOwner({ feed, findEditor }: RecordChangedDeps, event: DomainEvent<RecordChanged>, kind: RecordFrame): Promise<void> {
  const { record, action } = event.data;
  const { ownerId } = record;
  const pointer = pointerOf(event);
  const live = (): JsonObject => (kind === 'record.deleted' ? pointer : recordView(record));
  const frame: EntryDraft = { key: entryKey(event.id, ownerId, kind), kind, at: event.time, data: pointer, live };
  const editor = await findEditor(event.actor, ownerId);
  if (editor === null) return void (await feed.append(ownerId, [frame]));
  const data = { ...editedRecordItem(record, action, event.version, editor) };
  await feed.append(ownerId, [frame, { key: entryKey(event.id, ownerId, 'notification'), kind: 'notification', at: event.time, data }]);
}

/** Whom that is, is asked as of now, not as of what events have told. What they see of the record is judged again when it is sent: their
 *  entries have nothing to show but the pointer. */
async function tellGrantees({ feed, people, clock }: RecordChangedDeps, event: DomainEvent<RecordChanged>): Promise<void> {
  const owner = await personNow(people, event.data.record.ownerId);
  if (owner === null || owner.sharedWith.length === 0) return;
  const grantees = await people.current(owner.sharedWith);
  const tell = async (userId: string): Promise<void> => {
    const person = grantees.get(userId);
    if (person === undefined) throw new PeerUnavailable('nobody can say what somebody may see now');
    const kind = person && granteesFrame(viewerOf(person, clock.now()), event.data, event.time);
    // One key whatever the kind: told again, it may have become another, and is still the same entry.
    if (kind !== null)
      await feed.append(userId, [{ key: entryKey(event.id, userId, 'record'), kind, at: event.time, data: pointerOf(event) }]);
  };
  await Promise.all(owner.sharedWith.map(tell));
}

const pointerOf = ({ data: { record }, version }: DomainEvent<RecordChanged>): JsonObject => ({ id: record.id, version });
