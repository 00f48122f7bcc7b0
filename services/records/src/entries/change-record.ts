import { accessTo, allows, demandAccess, forbidden, outsideShare } from '@commonpurse/shared/access';
import { dayIn } from '@commonpurse/shared/calendar';
import { type Draft, StaleVersion } from '@commonpurse/shared/documents';
import { type ChangeTarget, checkIfMatch, type FieldError, invalid, notFound, parseOrRefuse, Refusal } from '@commonpurse/shared/http';
import { instantOf } from '@commonpurse/shared/service';
import type { RecordAction } from '../history/record-change.ts';
import { baseOf, identityRates } from '../rates/record-base.ts';
import type { EntryDeps } from './create-record.ts';
import { findOwner, type Owner } from '../find-owner.ts';
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
import {
  type ContentBody,
  demandOwnFields,
  demandSound,
  demandSoundPatch,
  invalidRecord,
  labelFaultsAnywhere,
  type PatchBody,
  patchedBody,
  patchLabelFaultsAnywhere,
  readContent,
  ReplaceBody,
} from './record-content.ts';
import { changeEntries } from './record-entries.ts';

/** Replaces everything that can be edited. Refuses: 400, 404, 403, 412. */
export async function replaceRecord(deps: EntryDeps, target: ChangeTarget, body: ReplaceBody): Promise<RecordDoc> {
  demandSound(body);
  const decide = living((record, owner) => withContent(deps, record, owner, body, body.type));
  return change(deps, target, { action: 'updated', decide, faultsAnywhere: labelFaultsAnywhere(body) });
}

/** Applies a merge patch. Refuses: 400, 404, 403, 412. */
export async function patchRecord(deps: EntryDeps, target: ChangeTarget, patch: PatchBody): Promise<RecordDoc> {
  demandSoundPatch(patch);
  return change(deps, target, {
    action: 'updated',
    decide: living((record, owner) => {
      demandOwnFields(record.type, patch);
      return withContent(deps, record, owner, parseOrRefuse(ReplaceBody, patchedBody(contentOf(record), patch)), patch.type);
    }),
    faultsAnywhere: patchLabelFaultsAnywhere(patch),
  });
}

/** Leaves a tombstone. Refuses: 404, 403, 412. */
export const deleteRecord = (deps: EntryDeps, target: ChangeTarget): Promise<RecordDoc> =>
  change(deps, target, { action: 'deleted', decide: living((record) => deletedRecord(record, instantOf(deps.clock))) });

/** Brings a deleted record back. Refuses: 404, 403, 409 when it is not deleted. */
export const restoreRecord = (deps: EntryDeps, target: ChangeTarget): Promise<RecordDoc> =>
  change(deps, target, {
    action: 'restored',
    decide: (record) => restoredRecord(record, instantOf(deps.clock)),
    conflict: ({ deletedAt }) => (deletedAt === undefined ? 'The record is not deleted' : null),
  });

type Decide = (record: RecordDoc, owner: Owner) => Draft<RecordDoc>;
interface Change {
  readonly action: RecordAction;
  readonly decide: Decide;
  /** Why the record's state is in the way, which is said last of all. */
  readonly conflict?: (record: RecordDoc) => string | null;
  /** What would be wrong with any record, told before a 404. `decide` tells it as it is of the record that is there. */
  readonly faultsAnywhere?: readonly FieldError[];
}

const living =
  (decide: Decide): Decide =>
  (record, owner) => {
    if (record.deletedAt !== undefined) throw notFound();
    return decide(record, owner);
  };

async function change(deps: EntryDeps, target: ChangeTarget, wanted: Change): Promise<RecordDoc> {
  try {
    return await changeFound(deps, target, wanted);
  } catch (error) {
    const { faultsAnywhere = [] } = wanted;
    const isAbsent = error instanceof Refusal && error.code === 'not-found';
    throw isAbsent && faultsAnywhere.length > 0 ? invalidRecord(faultsAnywhere) : error;
  }
}

/** Load, decide, save; again whenever somebody else was faster, until the caller's `If-Match` no longer holds. Whoever is let change
 *  something must be let change what becomes of it, too. */
async function changeFound(deps: EntryDeps, target: ChangeTarget, { action, decide, conflict }: Change): Promise<RecordDoc> {
  const { records } = deps.store;
  const { caller, id, ifMatch, requestId } = target;
  for (;;) {
    const record = await records.get(id);
    if (!record) throw notFound();
    const access = demandAccess(caller, recordResource(record), 'view');
    const next = decide(record, await findOwner(deps.people, caller, record.ownerId));
    if (!allows(access, 'edit')) throw forbidden();
    if (!allows(accessTo(caller, recordResource(next)), 'edit')) throw outsideShare();
    checkIfMatch(record.version, ifMatch);
    const reason = conflict?.(record) ?? null;
    if (reason !== null) throw new Refusal('conflict', reason);
    try {
      return await records.replace(next, record.version, changeEntries(record, next, action, { by: caller.userId, requestId }));
    } catch (error) {
      if (!(error instanceof StaleVersion)) throw error;
    }
  }
}

function withContent(
  deps: EntryDeps,
  record: RecordDoc,
  { timeZone, baseCurrency }: Owner,
  body: ContentBody,
  type: RecordDoc['type'] | undefined,
): Draft<RecordDoc> {
  if (type !== undefined && type !== record.type) throw invalid('/type', 'type-immutable', 'The type of a record never changes');
  const reading = readContent(record.type, body, dayIn(timeZone, deps.clock.now()), record.date);
  if ('errors' in reading) throw invalidRecord(reading.errors);
  return changedRecord(record, reading.content, baseAfter(record, reading.content, baseCurrency), instantOf(deps.clock));
}

/** What it was worth stays frozen until the money or the day changes. */
function baseAfter(record: RecordDoc, content: RecordContent, baseCurrency: string): RecordBase | null {
  const same = (['amountMinor', 'currency', 'date'] as const).every((name) => record[name] === content[name]);
  return same ? (record.base ?? null) : baseOf(content, baseCurrency, identityRates);
}
