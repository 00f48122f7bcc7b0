import { openJsonStore } from '@commonpurse/shared/documents/json';
import { type Clock, systemClock } from '@commonpurse/shared/service';
import { memoryDisk } from '@commonpurse/shared/testing';
import { createFeedWriter, type FeedWriter, type FeedWriterDeps } from '../feed/append-entries.ts';
import type { EntryDraft } from '../feed/entry.ts';
import { type NotificationsStore, openNotificationsStore } from '../store.ts';

type Disk = Parameters<typeof openJsonStore>[0]['disk'];

/** The collections over a disk in memory, or the one given. */
export async function openStore({ disk = memoryDisk(), clock = systemClock }: { disk?: Disk; clock?: Clock } = {}): Promise<
  NotificationsStore & { close(): Promise<void> }
> {
  const documents = await openJsonStore({ directory: '/store', disk, clock });
  return { ...(await openNotificationsStore(documents)), close: () => documents.close() };
}

/** A writer as one instance has it. */
export const writerOn = (store: NotificationsStore, deps: Partial<FeedWriterDeps> = {}): FeedWriter =>
  createFeedWriter({ pages: store.feed, clock: systemClock, settle: async () => {}, announce: () => {}, ...deps });

export const draftOf = (key: string): EntryDraft => ({
  key,
  kind: 'record.created',
  at: '2026-01-01T00:00:00.000Z',
  data: { id: key, version: 1 },
});

export const inboxDraftOf = (key: string): EntryDraft => ({
  ...draftOf(key),
  kind: 'notification',
  data: { type: 't', title: '', body: '', data: {} },
});
