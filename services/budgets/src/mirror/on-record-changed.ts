import { RecordChanged } from '@commonpurse/shared/contracts';
import type { Documents } from '@commonpurse/shared/documents';
import type { Subscription } from '@commonpurse/shared/messaging';
import type { Arrivals } from './arrivals.ts';
import type { DayKey } from './day-key.ts';
import { keepRecords } from './keep-records.ts';
import type { MirroredRecord } from './mirrored-record.ts';

/** Who changed the records, in which request: told on with what follows. */
export interface Cause {
  readonly by: string;
  readonly requestId: string;
}

/** Does what follows from day totals whose records may have changed: the totals themselves, then alerts and live figures. */
export type Follow = (keys: readonly DayKey[], cause: Cause) => Promise<void>;

/** What keeping records needs. */
export interface KeepDeps {
  readonly mirror: Documents<MirroredRecord>;
  readonly arrivals: Arrivals;
  readonly follow: Follow;
}

/** Keeps the mirror of every owner's records; an older version never overwrites a newer one.
 *  Totals and alerts follow on every delivery, kept or not: a crash in between must not swallow an alert. */
export const onRecordChanged = ({ mirror, arrivals, follow }: KeepDeps): Subscription<RecordChanged> => ({
  event: RecordChanged,
  from: 'beginning',
  handle: async ({ data, actor, correlationid }) => {
    const keys = await keepRecords(mirror, [data]);
    arrivals.announce([data.record.id]);
    await follow(keys, { by: actor, requestId: correlationid });
  },
});
