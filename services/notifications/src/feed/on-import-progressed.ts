import { ImportProgressed } from '@commonpurse/shared/contracts';
import type { Subscription } from '@commonpurse/shared/messaging';
import type { FeedWriter } from './append-entries.ts';
import { entryKey } from './entry.ts';
import type { PassingFrame } from './passing-frame.ts';

/** The end of an import becomes one entry of its owner's feed; what happens before is shown to who looks, and not kept. */
export const onImportProgressed = (deps: {
  readonly feed: FeedWriter;
  /** To the user's sockets of every instance, best effort. */
  readonly tell: (userId: string, frame: PassingFrame) => void;
}): Subscription<ImportProgressed> => ({
  event: ImportProgressed,
  from: 'now',
  async handle(event) {
    const { ownerId, finished, import: job } = event.data;
    if (!finished) return deps.tell(ownerId, { type: 'import.progress', about: job.id, at: event.time, data: job });
    const key = entryKey(event.id, ownerId, 'import.finished');
    await deps.feed.append(ownerId, [{ key, kind: 'import.finished', at: event.time, data: job }]);
  },
});
