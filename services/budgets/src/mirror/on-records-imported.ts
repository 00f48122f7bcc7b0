import { RecordsImported } from '@commonpurse/shared/contracts';
import type { Subscription } from '@commonpurse/shared/messaging';
import type { Clock } from '@commonpurse/shared/service';
import { type DayKey, distinctKeys } from './day-key.ts';
import { gatherByOwner } from './gather.ts';
import { keepRecords } from './keep-records.ts';
import type { Cause, KeepDeps } from './on-record-changed.ts';

/** Does what follows from imported rows that are kept: the totals of these days, each given once, then figures and alerts. */
export type FollowImport = (keys: readonly DayKey[], cause: Cause) => Promise<void>;

export interface KeepImportDeps extends Omit<KeepDeps, 'follow'> {
  readonly followImport: FollowImport;
  readonly clock: Clock;
}

interface Chunk {
  readonly keys: readonly DayKey[];
  readonly cause: Cause;
}

/** A chunk that waits has one of the places among its consumer's handlers, as has one that is followed. With half of them taken, no rest is worth
 *  those that other events would wait for. */
const chunksMax = 32;
const restMsMax = 1_000;

/** As `onRecordChanged`, for a chunk of an import's rows, landed or taken back: one batch, and what follows is done for many chunks together.
 *  Every chunk of a long statement may touch every period of every budget, so a round may take as long as importing thousands of rows. So a round is
 *  followed by a rest of its own length, in which more chunks come: at most half of the time that an import takes goes to rounds, and one more
 *  comes behind it, whatever a round costs. A chunk that comes alone waits for nothing. */
export function onRecordsImported({ mirror, arrivals, followImport, clock }: KeepImportDeps): Subscription<RecordsImported> {
  const followTogether = (chunks: readonly Chunk[]): Promise<void> =>
    followImport(distinctKeys(chunks.flatMap(({ keys }) => keys)), chunks[0]!.cause);
  const gather = gatherByOwner(followTogether, { clock, restMsMax, itemsMax: chunksMax });
  return {
    event: RecordsImported,
    from: 'beginning',
    handle: async ({ data: { ownerId, records }, actor, correlationid }) => {
      const told = records.map((record) => ({ record, was: null }));
      const keys = await keepRecords(mirror, told);
      arrivals.announce(records.map(({ id }) => id));
      await gather(ownerId, { keys, cause: { by: actor, requestId: correlationid } });
    },
  };
}
