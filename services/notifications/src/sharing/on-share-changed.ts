import { ShareChanged } from '@commonpurse/shared/contracts';
import type { DomainEvent, Subscription } from '@commonpurse/shared/messaging';
import type { FeedWriter } from '../feed/append-entries.ts';
import { type EntryDraft, entryKey } from '../feed/entry.ts';
import { shareItem } from './item.ts';

type ShareFrame = 'share.granted' | 'share.revoked';

/** A share becomes a frame of its grantee's feed, and an item of the inbox of whom it concerns and who did not do it. An owner is told only
 *  that somebody has left: that an invitation has reached somebody would say who is registered. */
export const onShareChanged = (feed: FeedWriter): Subscription<ShareChanged> => ({
  event: ShareChanged,
  from: 'now',
  async handle(event) {
    const { action, granteeId, share, ended } = event.data;
    if (granteeId === null) return;
    const begins = action === 'granted' || action === 'changed';
    // What is over by now is told by the event of its end.
    if (begins && ended) return;
    const kind = begins ? 'share.granted' : 'share.revoked';
    const parts = [frameOf(event, granteeId, kind), ...(action === 'left' ? [] : [itemOf(event, granteeId)])];
    await feed.append(granteeId, parts);
    if (action === 'left') await feed.append(share.ownerId, [frameOf(event, share.ownerId, kind), itemOf(event, share.ownerId)]);
  },
});

const frameOf = ({ id, time, data: { share } }: DomainEvent<ShareChanged>, userId: string, kind: ShareFrame): EntryDraft => ({
  key: entryKey(id, userId, kind),
  kind,
  at: time,
  data: { ...share, scope: { ...share.scope } },
});

const itemOf = ({ id, time, data: { action, share } }: DomainEvent<ShareChanged>, userId: string): EntryDraft => ({
  key: entryKey(id, userId, 'notification'),
  kind: 'notification',
  at: time,
  data: { ...shareItem(action, share) },
});
