import type { Documents } from '@commonpurse/shared/documents';
import type { FeedEntry } from '../feed/entry.ts';
import { type InboxItem, itemOf } from './item.ts';

/** Puts the notifications among new feed entries into the inbox; those that are there already stay as they are. */
export const settleItems =
  (inbox: Documents<InboxItem>) =>
  async (entries: readonly FeedEntry[]): Promise<void> => {
    const items = entries.filter((entry) => entry.kind === 'notification').map(itemOf);
    if (items.length > 0) await inbox.insertMany(items);
  };
