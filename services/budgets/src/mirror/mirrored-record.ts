import type { RecordState, RecordWas } from '@commonpurse/shared/contracts';
import type { Doc, Draft } from '@commonpurse/shared/documents';
import type { DayKey } from './day-key.ts';

type Counted = Omit<DayKey, 'ownerId'>;

/** A record as far as budgets care; `_id` and `version` are the record's. One that doesn't count (an income, a tombstone) keeps only these
 *  and its owner: it must go on refusing older versions. There may be a million, so what is absent is left out. */
export interface MirroredRecord extends Doc {
  readonly ownerId: string;
  readonly day?: string;
  readonly category?: string;
  readonly currency?: string;
  readonly amountMinor?: number;
  /** Where the state counted that this one has replaced, if somewhere else. */
  readonly was?: Counted;
}

/** A record's state as an event tells it, and what the same event says of the state before. */
export interface ToldRecord {
  readonly record: RecordState;
  readonly was: RecordWas | null;
}

type Facts = Pick<RecordWas, 'type' | 'date' | 'currency' | 'category' | 'deleted'>;

const countedAt = (facts: Facts): Counted | null =>
  facts.type === 'expense' && !facts.deleted ? { day: facts.date, category: facts.category ?? '', currency: facts.currency } : null;

const countedOf = ({ day, category, currency }: Partial<Counted>): Counted | null =>
  day === undefined || category === undefined || currency === undefined ? null : { day, category, currency };

const same = (a: Counted, b: Counted | null): boolean =>
  b !== null && a.day === b.day && a.category === b.category && a.currency === b.currency;

/** What to keep now that `record` was told, null when what is kept is as new. */
export const keepNewer = (current: MirroredRecord | null, record: RecordState): Draft<MirroredRecord> | null =>
  current !== null && current.version >= record.version ? null : mirrored(record, current);

/** A told record as it is kept, in place of `before`. */
export function mirrored(record: RecordState, before: MirroredRecord | null): Draft<MirroredRecord> {
  const counted = countedAt(record);
  const was = before === null ? null : countedOf(before);
  return {
    _id: record.id,
    version: record.version,
    ownerId: record.ownerId,
    ...(counted === null ? {} : { ...counted, amountMinor: record.amountMinor }),
    ...(was === null || same(was, counted) ? {} : { was }),
  };
}

/** The day totals that a mirrored record counts in, and counted in before its last change. */
export function keysOfMirrored(kept: Draft<MirroredRecord>): DayKey[] {
  return [countedOf(kept), kept.was ?? null].filter((each) => each !== null).map((each) => ({ ownerId: kept.ownerId, ...each }));
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
 *  The mirror's own `was` covers the last step should one event of the chain have been lost for good (dropped from parking by an operator,
 *  say): the next version replaces the lost one's predecessor, and the mirror remembers where that one counted, across a crash. */
export function keysToRecompute({ record, was }: ToldRecord, kept: Draft<MirroredRecord>): DayKey[] {
  const told = [countedAt(record), was === null ? null : countedAt(was)].filter((each) => each !== null);
  return [...told.map((each) => ({ ownerId: record.ownerId, ...each })), ...keysOfMirrored(kept)];
}
