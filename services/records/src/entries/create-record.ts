import { accessTo, allows, outsideShare, type PeopleMirror } from '@commonpurse/shared/access';
import { dayIn } from '@commonpurse/shared/calendar';
import type { Draft } from '@commonpurse/shared/documents';
import { type Caller, createOnce, fingerprintOf, idempotentId, notFound } from '@commonpurse/shared/http';
import { readHistoryPart } from '@commonpurse/shared/messaging';
import type { RecordView } from '@commonpurse/shared/contracts';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import { firstStateOf } from '../history/record-change.ts';
import { baseOf, identityRates } from '../rates/record-base.ts';
import type { RecordsStore } from '../store.ts';
import { findOwnerToEnterFor } from '../find-owner.ts';
import { newRecord, type RecordDoc, recordResource } from './record.ts';
import { demandSound, invalidRecord, type NewRecordBody, readContent } from './record-content.ts';
import { createdEntry } from './record-entries.ts';

export interface EntryDeps {
  readonly store: RecordsStore;
  readonly people: Pick<PeopleMirror, 'current'>;
  readonly clock: Clock;
  readonly installationKey: Buffer;
}

interface CreateRecord {
  readonly caller: Caller;
  /** For whom; default: the caller. */
  readonly owner?: string | undefined;
  readonly body: NewRecordBody;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
}

/** Creates a record of the caller's own or of somebody who lets them, once for each idempotency key; a replay answers with the record as
 *  it was first created. Refuses: 400, 404 for an owner who shares nothing, 403 outside of what is shared, 422 `idempotency-key-reused`. */
export async function createRecord(deps: EntryDeps, command: CreateRecord): Promise<{ doc: RecordDoc; replayed: boolean }> {
  const { caller, body, idempotencyKey: key, owner: ownerId = command.caller.userId } = command;
  const { store, clock, installationKey } = deps;
  const { userId } = caller;
  if (ownerId !== userId) demandSound(body);
  const owner = await findOwnerToEnterFor(deps.people, caller, ownerId);
  const id = idempotentId({ installationKey, userId, method: 'POST', route: '/records', key });
  const today = dayIn(owner.timeZone, clock.now());
  // What was accepted once is not judged by the day again: its owner may live farther west by now.
  const isRetry = key !== null && body.date > today && (await store.records.get(id)) !== null;
  const reading = readContent(body.type, body, today, isRetry ? body.date : undefined);
  if ('errors' in reading) throw invalidRecord(reading.errors);
  const { content } = reading;
  const draft = newRecord(content, {
    id,
    ownerId,
    createdBy: userId,
    at: instantOf(clock),
    base: baseOf(content, owner.baseCurrency, identityRates),
  });
  if (ownerId !== userId) await demandEntry(store, caller, draft);
  return createOnce({
    documents: store.records,
    draft,
    entries: [createdEntry(draft, { by: userId, requestId: command.requestId })],
    fingerprint: key === null ? null : fingerprintOf(ownerId === userId ? content : { ...content, ownerId }),
    firstState: (doc) => firstState(store, doc),
  });
}

/** What is entered for somebody has to lie where the caller may change things; what was entered before has to be theirs to see still. */
async function demandEntry({ records }: RecordsStore, caller: Caller, draft: Draft<RecordDoc>): Promise<void> {
  const known = await records.get(draft._id);
  if (known === null && !allows(accessTo(caller, recordResource(draft)), 'edit')) throw outsideShare();
  if (known !== null && accessTo(caller, recordResource(known)) === 'none') throw notFound();
}

/** From the first line of its history, which tells the record whole. */
async function firstState(store: RecordsStore, doc: RecordDoc): Promise<RecordDoc> {
  const [first] = await readHistoryPart(store.history, doc, { order: 'oldest-first', limit: 1 });
  const created = first?.entry.change?.after;
  return created ? firstStateOf(doc, created as RecordView) : doc;
}
