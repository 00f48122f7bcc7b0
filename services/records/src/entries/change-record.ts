import { demandAccess } from '@commonpurse/shared/access';
import { type Draft, StaleVersion } from '@commonpurse/shared/documents';
import { type Caller, checkIfMatch, invalid, notFound, parseOrRefuse, Refusal } from '@commonpurse/shared/http';
import { instantOf } from '@commonpurse/shared/service';
import type { RecordAction } from '../history/record-change.ts';
import { baseOf, identityRates } from '../rates/record-base.ts';
import { dayIn } from './calendar.ts';
import type { EntryDeps } from './create-record.ts';
import {
  changedRecord,
  contentOf,
  deletedRecord,
  type RecordBase,
  type RecordContent,
  type RecordDoc,
  recordResource,
  restoredRecord,
} from './record.ts';
import { type ContentBody, type PatchBody, patchedBody, readContent, ReplaceBody } from './record-content.ts';
import { changeEntries } from './record-entries.ts';

export interface ChangeRecord {
  readonly caller: Caller;
  readonly id: string;
  /** The version that the caller has seen; null where any will do. */
  readonly ifMatch: number | null;
  readonly requestId: string;
}

/** Replaces everything that can be edited. Refuses: 400, 404, 403, 412. */
export const replaceRecord = (deps: EntryDeps, command: ChangeRecord, body: ReplaceBody): Promise<RecordDoc> =>
  changeLiving(deps, command, 'updated', (record) => withContent(deps, command, record, body, body.type));

/** Applies a merge patch. Refuses: 400, 404, 403, 412. */
export const patchRecord = (deps: EntryDeps, command: ChangeRecord, patch: PatchBody): Promise<RecordDoc> =>
  changeLiving(deps, command, 'updated', (record) =>
    withContent(deps, command, record, parseOrRefuse(ReplaceBody, patchedBody(contentOf(record), patch)), patch.type),
  );

/** Leaves a tombstone. Refuses: 404, 403, 412. */
export const deleteRecord = (deps: EntryDeps, command: ChangeRecord): Promise<RecordDoc> =>
  changeLiving(deps, command, 'deleted', (record) => deletedRecord(record, instantOf(deps.clock)));

/** Brings a deleted record back. Refuses: 404, 403, 409 when it is not deleted. */
export const restoreRecord = (deps: EntryDeps, command: ChangeRecord): Promise<RecordDoc> =>
  change(deps, command, 'restored', (record) => {
    if (record.deletedAt === undefined) throw new Refusal('conflict', 'The record is not deleted');
    return restoredRecord(record, instantOf(deps.clock));
  });

type Decide = (record: RecordDoc) => Draft<RecordDoc>;

const changeLiving = (deps: EntryDeps, command: ChangeRecord, action: RecordAction, decide: Decide): Promise<RecordDoc> =>
  change(deps, command, action, (record) => {
    if (record.deletedAt !== undefined) throw notFound();
    return decide(record);
  });

/** Load, decide, save; again whenever somebody else was faster, until the caller's `If-Match` no longer holds. */
async function change(deps: EntryDeps, command: ChangeRecord, action: RecordAction, decide: Decide): Promise<RecordDoc> {
  const { records } = deps.store;
  const cause = { by: command.caller.userId, requestId: command.requestId };
  for (;;) {
    const record = await records.get(command.id);
    if (!record) throw notFound();
    demandAccess(command.caller, recordResource(record), 'edit');
    const next = decide(record);
    checkIfMatch(record.version, command.ifMatch);
    try {
      return await records.replace(next, record.version, changeEntries(record, next, action, cause));
    } catch (error) {
      if (!(error instanceof StaleVersion)) throw error;
    }
  }
}

function withContent(
  deps: EntryDeps,
  { caller }: ChangeRecord,
  record: RecordDoc,
  body: ContentBody,
  type: RecordDoc['type'] | undefined,
): Draft<RecordDoc> {
  if (type !== undefined && type !== record.type) throw invalid('/type', 'type-immutable', 'The type of a record never changes');
  const { timeZone, baseCurrency } = caller.person;
  const reading = readContent(record.type, body, dayIn(timeZone, deps.clock.now()), record.date);
  if ('errors' in reading) throw new Refusal('validation-failed', 'The record is not valid', { errors: reading.errors });
  return changedRecord(record, reading.content, baseAfter(record, reading.content, baseCurrency), instantOf(deps.clock));
}

/** What it was worth stays frozen until the money or the day changes. */
function baseAfter(record: RecordDoc, content: RecordContent, baseCurrency: string): RecordBase | null {
  const same = (['amountMinor', 'currency', 'date'] as const).every((name) => record[name] === content[name]);
  return same ? (record.base ?? null) : baseOf(content, baseCurrency, identityRates);
}
