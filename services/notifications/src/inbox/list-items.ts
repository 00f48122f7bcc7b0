import type { Documents } from '@commonpurse/shared/documents';
import { listPage, type ListQuery, type Page } from '@commonpurse/shared/http';
import { type InboxItem, type ItemView, itemView, type ReadMarks, readUpTo } from './item.ts';
import { readMarksOf } from './read-marks.ts';

export interface ListItemsDeps {
  readonly inbox: Documents<InboxItem>;
  readonly marks: Documents<ReadMarks>;
  readonly installationKey: Buffer;
}

/** A page of a user's inbox, newest first. Unread ones come from an index of their own, so a long inbox costs nothing. */
export async function listItems(
  deps: ListItemsDeps,
  userId: string,
  query: ListQuery & { readonly unread?: boolean | undefined },
): Promise<Page<ItemView>> {
  const marks = await readMarksOf(deps.marks, userId);
  const unread = query.unread === true;
  return listPage({
    documents: deps.inbox,
    filter: () => (unread ? { unreadOf: userId, seq: { $gt: readUpTo(marks) } } : { userId }),
    sort: [
      ['seq', -1],
      ['_id', -1],
    ],
    query,
    scope: { installationKey: deps.installationKey, userId, route: '/notifications', sort: '-seq', filter: { unread } },
    render: (item) => itemView(item, marks),
  });
}
