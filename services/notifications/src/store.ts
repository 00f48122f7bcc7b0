import type { Documents, DocumentStore } from '@commonpurse/shared/documents';
import type { Delivery } from './deliveries/delivery.ts';
import type { FeedPage } from './feed/entry.ts';
import type { InboxItem, ReadMarks } from './inbox/item.ts';

/** The collections that notifications owns. */
export interface NotificationsStore {
  readonly feed: Documents<FeedPage>;
  readonly inbox: Documents<InboxItem>;
  readonly marks: Documents<ReadMarks>;
  readonly deliveries: Documents<Delivery>;
}

export async function openNotificationsStore(documents: DocumentStore): Promise<NotificationsStore> {
  return {
    feed: await documents.collection<FeedPage>({
      name: 'feed',
      cold: true,
      indexes: [{ name: 'by-event', fields: ['eventKeys'], unique: true }],
    }),
    inbox: await documents.collection<InboxItem>({
      name: 'inbox',
      cold: true,
      indexes: [
        { name: 'by-user', fields: ['userId', 'seq', '_id'] },
        { name: 'unread', fields: ['unreadOf', 'seq', '_id'], sparse: true },
      ],
    }),
    marks: await documents.collection<ReadMarks>({ name: 'read-marks', indexes: [] }),
    deliveries: await documents.collection<Delivery>({
      name: 'deliveries',
      cold: true,
      indexes: [
        { name: 'due', fields: ['dueAt', '_id'], sparse: true },
        { name: 'by-user', fields: ['userId', '_id'] },
      ],
    }),
  };
}
