import { accessTo, type PeopleMirror, personNow, viewerOf } from '@commonpurse/shared/access';
import { ImportProgressed } from '@commonpurse/shared/contracts';
import type { Subscription } from '@commonpurse/shared/messaging';
import type { Clock } from '@commonpurse/shared/service';
import type { FindEditor } from '../find-editor.ts';
import { importedForItem } from '../sharing/item.ts';
import type { FeedWriter } from './append-entries.ts';
import { type EntryDraft, entryKey } from './entry.ts';
import type { PassingFrame } from './passing-frame.ts';

interface ImportProgressedDeps {
  readonly feed: FeedWriter;
  readonly people: Pick<PeopleMirror, 'current'>;
  readonly findEditor: FindEditor;
  readonly clock: Clock;
  /** To the user's sockets of every instance, best effort. */
  readonly tell: (userId: string, frame: PassingFrame) => void;
}

/** The end of an import becomes an entry of its owner's feed, and of the feed of who ran it for them; what happens before is shown to who looks,
 *  and not kept. */
export const onImportProgressed = (deps: ImportProgressedDeps): Subscription<ImportProgressed> => ({
  event: ImportProgressed,
  from: 'now',
  async handle(event) {
    const { ownerId, finished, import: job } = event.data;
    const followers = [ownerId, ...(await importerOf(deps, event.data))];
    if (!finished) {
      for (const userId of followers) deps.tell(userId, { type: 'import.progress', about: job.id, at: event.time, data: job });
      return;
    }
    // what was wrong with the rows is read where the job is
    const { errors: _errors, ...ended } = job;
    const editor = await deps.findEditor(event.data.createdBy, ownerId);
    const frameFor = (userId: string): EntryDraft => {
      return { key: entryKey(event.id, userId, 'import.finished'), kind: 'import.finished', at: event.time, data: ended };
    };
    for (const userId of followers) {
      const item = userId === ownerId && editor !== null && !job.dryRun ? [importedForItem(job, editor)] : [];
      const items = item.map((data): EntryDraft => {
        return { key: entryKey(event.id, userId, 'notification'), kind: 'notification', at: event.time, data: { ...data } };
      });
      await deps.feed.append(userId, [frameFor(userId), ...items]);
    }
  },
});

/** Who ran it for somebody else, as long as that is theirs to follow. */
async function importerOf(
  { people, clock }: ImportProgressedDeps,
  { ownerId, createdBy, import: job }: ImportProgressed,
): Promise<string[]> {
  if (createdBy === ownerId) return [];
  const person = await personNow(people, createdBy);
  if (person === null) return [];
  const access = accessTo(viewerOf(person, clock.now()), { kind: 'import', id: job.id, ownerId, createdBy });
  return access === 'none' ? [] : [createdBy];
}
