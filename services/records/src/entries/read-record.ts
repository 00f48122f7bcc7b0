import { accessTo, type PeopleMirror, personNow, type Viewer, viewerOf } from '@commonpurse/shared/access';
import { recordView, type RecordView } from '@commonpurse/shared/contracts';
import { notFound } from '@commonpurse/shared/http';
import type { Clock } from '@commonpurse/shared/service';
import type { RecordsStore } from '../store.ts';
import { type RecordDoc, recordResource, recordStateOf } from './record.ts';

/** A living record that this person may see, or 404. */
export async function readRecord(store: RecordsStore, viewer: Viewer, id: string): Promise<RecordDoc> {
  const record = await store.records.get(id);
  if (!isVisible(record, viewer)) throw notFound();
  return record;
}

interface ViewsDeps {
  readonly store: RecordsStore;
  readonly people: Pick<PeopleMirror, 'current'>;
  readonly clock: Clock;
}

/** What this person sees of these records now: null for what is absent, deleted or not theirs to see. */
export async function recordViews(deps: ViewsDeps, viewerId: string, ids: readonly string[]): Promise<Record<string, RecordView | null>> {
  const found = new Map((await deps.store.records.getMany(ids)).map((record) => [record._id, record]));
  const isForeign = [...found.values()].some(({ ownerId }) => ownerId !== viewerId);
  const person = isForeign ? await personNow(deps.people, viewerId) : null;
  const viewer = person === null ? { userId: viewerId, grants: [] } : viewerOf(person, deps.clock.now());
  return Object.fromEntries(
    ids.map((id) => {
      const record = found.get(id) ?? null;
      return [id, isVisible(record, viewer) ? recordView(recordStateOf(record)) : null];
    }),
  );
}

/** Which of these are living records of that owner. */
export async function ownedRecords(store: RecordsStore, ownerId: string, ids: readonly string[]): Promise<string[]> {
  const found = await store.records.getMany(ids);
  return found.filter((record) => record.ownerId === ownerId && record.deletedAt === undefined).map(({ _id }) => _id);
}

const isVisible = (record: RecordDoc | null, viewer: Viewer): record is RecordDoc =>
  record !== null && record.deletedAt === undefined && accessTo(viewer, recordResource(record)) !== 'none';
