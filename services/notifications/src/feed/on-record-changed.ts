import { grantedBy, type PeopleMirror, personNow, type Viewer, viewerOf } from '@commonpurse/shared/access';
import { RecordChanged, recordView } from '@commonpurse/shared/contracts';
import type { JsonObject } from '@commonpurse/shared/documents';
import type { DomainEvent, Subscription } from '@commonpurse/shared/messaging';
import { type Clock, PeerUnavailable } from '@commonpurse/shared/service';
import type { FindEditor } from '../find-editor.ts';
import { editedRecordItem } from '../sharing/item.ts';
import type { FeedWriter } from './append-entries.ts';
import { type EntryDraft, entryKey } from './entry.ts';
import { granteesFrame, ownersFrame, type RecordFrame } from './record-frame.ts';

interface RecordChangedDeps {
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
    const again = tellOwner(deps, event, kind);
    await Promise.all([again, tellGrantees(deps, event, again)]);
  },
});

/** With an item for the inbox beside it, where somebody else has done it. Resolves with whether they had been told before. */
async function tellOwner({ feed, findEditor }: RecordChangedDeps, event: DomainEvent<RecordChanged>, kind: RecordFrame): Promise<boolean> {
  const { record, action } = event.data;
  const { ownerId } = record;
  const pointer = pointerOf(event);
  const live = (): JsonObject => (kind === 'record.deleted' ? pointer : recordView(record));
  const frame: EntryDraft = { key: entryKey(event.id, ownerId, kind), kind, at: event.time, data: pointer, live };
  const editor = await findEditor(event.actor, ownerId);
  const drafts = [frame];
  if (editor !== null) {
    const data = { ...editedRecordItem(record, action, event.version, editor) };
    drafts.push({ key: entryKey(event.id, ownerId, 'notification'), kind: 'notification', at: event.time, data });
  }
  const [told] = await feed.append(ownerId, drafts);
  return told!.wasThere;
}

/** Whom that is, is asked as of now, not as of what events have told. What they see of the record is judged again when it is sent: their
 *  entries have nothing to show but the pointer.
 *  @param again whether this was told before: then it is nothing to whom it has been granted only since */
async function tellGrantees(
  { feed, people, clock }: RecordChangedDeps,
  event: DomainEvent<RecordChanged>,
  again: Promise<boolean>,
): Promise<void> {
  const owner = await personNow(people, event.data.record.ownerId);
  if (owner === null || owner.sharedWith.length === 0) return;
  const grantees = await people.current(owner.sharedWith);
  const tell = async (userId: string): Promise<void> => {
    const person = grantees.get(userId);
    if (person === undefined) throw new PeerUnavailable('nobody can say what somebody may see now');
    if (person === null) return;
    const frameFor = (viewer: Viewer): RecordFrame | null => granteesFrame(viewer, event.data, event.time);
    const viewer = viewerOf(person, clock.now());
    const kind = frameFor(viewer);
    if (kind === null || (frameFor(grantedBy(viewer, event.time)) === null && (await again))) return;
    // One key whatever the kind: told again, it may have become another, and is still the same entry.
    await feed.append(userId, [{ key: entryKey(event.id, userId, 'record'), kind, at: event.time, data: pointerOf(event) }]);
  };
  await Promise.all(owner.sharedWith.map(tell));
}

const pointerOf = ({ data: { record }, version }: DomainEvent<RecordChanged>): JsonObject => ({ id: record.id, version });
