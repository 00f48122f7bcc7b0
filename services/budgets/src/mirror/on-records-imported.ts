import { RecordsImported } from '@commonpurse/shared/contracts';
import type { Subscription } from '@commonpurse/shared/messaging';
import { type DayKey, distinctKeys } from './day-key.ts';
import { gatherByOwner } from './gather.ts';
import { keepRecords } from './keep-records.ts';
import type { Cause, KeepDeps } from './on-record-changed.ts';

interface Chunk {
  readonly keys: readonly DayKey[];
  readonly cause: Cause;
}

/** As `onRecordChanged`, for a chunk of an import's rows, landed or taken back: one batch, and what follows is done for many chunks together:
 *  of an import that comes in faster than it can be followed each total and period is computed a few times instead of once for every chunk. */
export function onRecordsImported({ mirror, arrivals, follow }: KeepDeps): Subscription<RecordsImported> {
  const gather = gatherByOwner(async (chunks: readonly Chunk[]) => {
    const keys = distinctKeys(chunks.flatMap((chunk) => chunk.keys));
    await follow({ told: keys, spent: [], keep: async () => keys, cause: chunks[0]!.cause });
  });
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
