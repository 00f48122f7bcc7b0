import { RecordsImported } from '@commonpurse/shared/contracts';
import type { Subscription } from '@commonpurse/shared/messaging';
import { gatherByOwner } from './gather.ts';
import { keepRecords } from './keep-records.ts';
import type { KeepDeps } from './on-record-changed.ts';

/** As `onRecordChanged`, for a chunk of an import's rows, landed or taken back: one batch, and what follows is done for many chunks together. */
export function onRecordsImported({ mirror, arrivals, follow }: KeepDeps): Subscription<RecordsImported> {
  const gather = gatherByOwner(follow);
  return {
    event: RecordsImported,
    from: 'beginning',
    handle: async ({ data: { ownerId, records }, actor, correlationid }) => {
      const told = records.map((record) => ({ record, was: null }));
      const keys = await keepRecords(mirror, told);
      arrivals.announce(records.map(({ id }) => id));
      await gather(ownerId, keys, { by: actor, requestId: correlationid });
    },
  };
}
