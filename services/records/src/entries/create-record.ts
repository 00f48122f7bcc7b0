import type { Caller } from '@commonpurse/shared/http';
import { createOnce, fingerprintOf, idempotentId, Refusal } from '@commonpurse/shared/http';
import { readHistory } from '@commonpurse/shared/messaging';
import type { RecordView } from '@commonpurse/shared/contracts';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import { firstStateOf } from '../history/record-change.ts';
import { baseOf, identityRates } from '../rates/record-base.ts';
import type { RecordsStore } from '../store.ts';
import { dayIn } from './calendar.ts';
import { newRecord, type RecordDoc } from './record.ts';
import { type NewRecordBody, readContent } from './record-content.ts';
import { createdEntry } from './record-entries.ts';

export interface EntryDeps {
  readonly store: RecordsStore;
  readonly clock: Clock;
  readonly installationKey: Buffer;
}

export interface CreateRecord {
  readonly caller: Caller;
  readonly body: NewRecordBody;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
}

/** Creates a record of the caller's own, once for each idempotency key; a replay answers with the record as it was first created.
 *  Refuses: 400, 422 `idempotency-key-reused`. */
export async function createRecord(deps: EntryDeps, command: CreateRecord): Promise<{ doc: RecordDoc; replayed: boolean }> {
  const { caller, body, idempotencyKey: key } = command;
  const { store, clock, installationKey } = deps;
  const { userId, person } = caller;
  const reading = readContent(body.type, body, dayIn(person.timeZone, clock.now()));
  if ('errors' in reading) throw new Refusal('validation-failed', 'The record is not valid', { errors: reading.errors });
  const { content } = reading;
  const draft = newRecord(content, {
    id: idempotentId({ installationKey, userId, method: 'POST', route: '/records', key }),
    ownerId: userId,
    createdBy: userId,
    at: instantOf(clock),
    base: baseOf(content, person.baseCurrency, identityRates),
  });
  return createOnce({
    documents: store.records,
    draft,
    entries: [createdEntry(draft, { by: userId, requestId: command.requestId })],
    fingerprint: key === null ? null : fingerprintOf(content),
    firstState: (doc) => firstState(store, doc),
  });
}

/** From the first line of its history, which tells the record whole. */
async function firstState(store: RecordsStore, doc: RecordDoc): Promise<RecordDoc> {
  const [first] = await readHistory(store.history, doc._id, doc);
  const created = first?.entry.change?.after;
  return created ? firstStateOf(doc, created as RecordView) : doc;
}
