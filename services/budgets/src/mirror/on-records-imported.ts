import { RecordsImported } from '@commonpurse/shared/contracts';
import type { Subscription } from '@commonpurse/shared/messaging';
import { keepRecords } from './keep-records.ts';
import type { KeepDeps } from './on-record-changed.ts';

/** As `onRecordChanged`, for a chunk of an import's rows, landed or taken back: one batch, each total once. */
export const onRecordsImported = ({ mirror, arrivals, follow }: KeepDeps): Subscription<RecordsImported> => ({
  event: RecordsImported,
  from: 'beginning',
  handle: async ({ data: { records }, actor, correlationid }) => {
    const told = records.map((record) => ({ record, was: null }));
    const keys = await keepRecords(mirror, told);
    arrivals.announce(records.map(({ id }) => id));
    await follow(keys, { by: actor, requestId: correlationid });
  },
});
