import { type Documents, upsertNewer, writeIfUnchanged } from '@commonpurse/shared/documents';
import { notFound } from '@commonpurse/shared/http';
import { type InboxItem, markedRead, type ReadMarks, readAtOf, withMark } from './item.ts';
import { readMarksOf } from './read-marks.ts';

interface MarkItemsDeps {
  readonly inbox: Documents<InboxItem>;
  readonly marks: Documents<ReadMarks>;
}

/** Marks one item read; once read, its instant stays. Someone else's item is as absent as one that never was. */
export async function markItemRead(deps: MarkItemsDeps, userId: string, itemId: string, at: string): Promise<void> {
  for (;;) {
    const item = await deps.inbox.get(itemId);
    if (item?.userId !== userId) throw notFound();
    if (readAtOf(item, await readMarksOf(deps.marks, userId)) !== null) return;
    const read = markedRead(item, at);
    if (read === null || (await writeIfUnchanged(deps.inbox, item, read)) !== null) return;
  }
}

/** Marks everything read that is in the inbox now: one mark, however many items it covers. */
export async function markAllRead(deps: MarkItemsDeps, userId: string, at: string): Promise<void> {
  const [newest] = await deps.inbox.find(
    { userId },
    {
      sort: [
        ['seq', -1],
        ['_id', -1],
      ],
      limit: 1,
    },
  );
  if (newest === undefined) return;
  await upsertNewer(deps.marks, userId, (current) => {
    const marks = withMark(current?.marks ?? [], { upTo: newest.seq, at });
    return marks === current?.marks ? null : { _id: userId, version: (current?.version ?? 0) + 1, marks };
  });
}
