import type { RecordState, RecordWas } from '@commonpurse/shared/contracts';
import type { Doc, Draft } from '@commonpurse/shared/documents';
import { type DayKey, dayKeyId, dayKeyOf, type DaySpending } from './day-key.ts';

/** A record as far as budgets care; `_id` and `version` are the record's. One that doesn't count (an income, a tombstone) keeps only these
 *  and its owner: it must go on refusing older versions. There may be a million, so what is absent is left out. */
export interface MirroredRecord extends Doc {
  readonly ownerId: string;
  /** The id of the day total that it counts in. */
  readonly key?: string;
  readonly amountMinor?: number;
  /** Where the state counted that this one has replaced, if somewhere else. */
  readonly wasKey?: string;
}

/** A record's state as an event tells it, and what the same event says of the state before. */
export interface ToldRecord {
  readonly record: RecordState;
  readonly was: RecordWas | null;
}

type Facts = Pick<RecordWas, 'type' | 'date' | 'currency' | 'category' | 'deleted'>;

const countedAt = (ownerId: string, facts: Facts): DayKey | null =>
  facts.type === 'expense' && !facts.deleted
    ? { ownerId, day: facts.date, category: facts.category ?? '', currency: facts.currency }
    : null;

/** What to keep now that `record` was told, null when what is kept is as new. */
export const keepNewer = (current: MirroredRecord | null, record: RecordState): Draft<MirroredRecord> | null =>
  current !== null && current.version >= record.version ? null : mirrored(record, current);

/** A told record as it is kept, in place of `before`. */
export function mirrored(record: RecordState, before: MirroredRecord | null): Draft<MirroredRecord> {
  const counted = countedAt(record.ownerId, record);
  const key = counted === null ? undefined : dayKeyId(counted);
  return {
    _id: record.id,
    version: record.version,
    ownerId: record.ownerId,
    ...(key === undefined ? {} : { key, amountMinor: record.amountMinor }),
    ...(before?.key === undefined || before.key === key ? {} : { wasKey: before.key }),
  };
}

/** The day totals that a mirrored record counts in, and counted in before its last change. */
export const keysOfMirrored = ({ key, wasKey }: Draft<MirroredRecord>): DayKey[] =>
  [key, wasKey].filter((each) => each !== undefined).map(dayKeyOf);

/** The day totals that the event itself names: where the record counts by it, and where it counted before. */
export const keysTold = ({ record, was }: ToldRecord): DayKey[] =>
  [countedAt(record.ownerId, record), was === null ? null : countedAt(record.ownerId, was)].filter((each) => each !== null);

/** What it says was spent, and where: nothing where it doesn't count. */
export function spentTold({ record }: ToldRecord): readonly DaySpending[] {
  const counted = countedAt(record.ownerId, record);
  return counted === null ? [] : [{ ...counted, amountMinor: record.amountMinor }];
}

/** The day totals that must be computed again once a told record is in the mirror, whether or not it was newer than what was kept:
 *  where it counts by the event, where it counted before by the event, where it counts by the mirror, and where it did before by the mirror.
 *
 *  Why these are enough. A total is wrong only while some state that the mirror has left or taken up was not followed by a recomputation
 *  of that state's key. Take any version n of a record, counting at key k.
 *  - n is the newest: its event is delivered until it was handled to the end (bus, outbox and catch-up see to that), and every handling
 *    recomputes k after the mirror holds n. Whether this delivery or an earlier, crashed one wrote the mirror makes no difference.
 *  - n is not the newest: version n + 1 has an event too, whose `was` names k, as the producer stored it with that very write, so the event
 *    names k even when it is rendered later, with a newer state inside. Its handling first brings the mirror to n + 1 or beyond, never back
 *    to n, then recomputes k without n. So k is right after the handling of n + 1, in whatever order the events come, how often, and
 *    whatever crashed in between; n itself, arriving late, is refused by version and recomputes k once more, harmlessly.
 *  - An imported row has no event of its own at version 1; its chunk stands for it and names its key, and a later change names it in `was`.
 *  The mirror's own `wasKey` covers the last step should one event of the chain have been lost for good (dropped from parking by an operator,
 *  say): the next version replaces the lost one's predecessor, and the mirror remembers where that one counted, across a crash. */
export const keysToRecompute = (told: ToldRecord, kept: Draft<MirroredRecord>): DayKey[] => [...keysTold(told), ...keysOfMirrored(kept)];
