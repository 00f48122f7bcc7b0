import { RecordChanged } from '@commonpurse/shared/contracts';
import type { Documents } from '@commonpurse/shared/documents';
import type { DomainEvent, Subscription } from '@commonpurse/shared/messaging';
import type { Arrivals } from './arrivals.ts';
import type { DayKey, DaySpending } from './day-key.ts';
import { gatherByOwner } from './gather.ts';
import { keepRecords } from './keep-records.ts';
import { keysTold, type MirroredRecord, spentTold } from './mirrored-record.ts';

/** Who changed the records, in which request: told on with what follows. */
export interface Cause {
  readonly by: string;
  readonly requestId: string;
}

/** Records that were told. */
export interface Telling {
  /** The day totals that are going to be wrong, as far as can be said before the records are kept. */
  readonly told: readonly DayKey[];
  /** What the records say was spent, where an alert may be near that need not wait for totals; a hint. */
  readonly spent: readonly DaySpending[];
  /** Keeps the records, and answers all of the day totals that have to be computed anew. */
  readonly keep: () => Promise<readonly DayKey[]>;
  readonly cause: Cause;
}

/** Does what follows from records that are kept: totals, then alerts and live figures. */
export type Follow = (telling: Telling) => Promise<void>;

/** What keeping records needs. */
export interface KeepDeps {
  readonly mirror: Documents<MirroredRecord>;
  readonly arrivals: Arrivals;
  readonly follow: Follow;
}

/** Keeps the mirror of every owner's records; an older version never overwrites a newer one.
 *  Totals and alerts follow on every delivery, kept or not: a crash in between must not swallow an alert. */
export function onRecordChanged({ mirror, arrivals, follow }: KeepDeps): Subscription<RecordChanged> {
  const gather = gatherByOwner(async (events: readonly DomainEvent<RecordChanged>[]) => {
    const records = events.map(({ data }) => data);
    const [{ actor, correlationid }] = events as [DomainEvent, ...DomainEvent[]];
    const keep = async (): Promise<DayKey[]> => {
      const keys = await keepRecords(mirror, records);
      arrivals.announce(records.map(({ record }) => record.id));
      return keys;
    };
    const cause = { by: actor, requestId: correlationid };
    await follow({ told: records.flatMap(keysTold), spent: records.flatMap(spentTold), keep, cause });
  });
  return { event: RecordChanged, from: 'beginning', handle: (event) => gather(event.data.record.ownerId, event) };
}
