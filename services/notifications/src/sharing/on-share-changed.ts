import { ShareChanged } from '@commonpurse/shared/contracts';
import type { DomainEvent, Subscription } from '@commonpurse/shared/messaging';
import type { FeedWriter } from '../feed/append-entries.ts';
import { type EntryDraft, entryKey } from '../feed/entry.ts';
import { shareItem, type ToldInWords } from './item.ts';

type ShareFrame = 'share.granted' | 'share.revoked';

/** A share becomes a frame of its grantee's feed, with an item for the inbox beside it; its end is the frame alone. An owner is told, in words
 *  too, only that somebody has left: that an invitation has reached somebody would say who is registered. */
export const onShareChanged = (feed: FeedWriter): Subscription<ShareChanged> => ({
  event: ShareChanged,
  from: 'now',
  async handle(event) {
    const { action, granteeId, share, ended } = event.data;
    if (granteeId === null) return;
    if (action === 'granted' || action === 'changed') {
      // What is over by now is told by the event of its end.
      if (!ended) await feed.append(granteeId, [frameOf(event, granteeId, 'share.granted'), itemOf(event, granteeId, action)]);
      return;
    }
    await feed.append(granteeId, [frameOf(event, granteeId, 'share.revoked')]);
    if (action === 'left')
      await feed.append(share.ownerId, [frameOf(event, share.ownerId, 'share.revoked'), itemOf(event, share.ownerId, action)]);
  },
});

const frameOf = ({ id, time, data: { share } }: DomainEvent<ShareChanged>, userId: string, kind: ShareFrame): EntryDraft => ({
  key: entryKey(id, userId, kind),
  kind,
  at: time,
  data: { ...share, scope: { ...share.scope } },
});

const itemOf = ({ id, time, data: { share } }: DomainEvent<ShareChanged>, userId: string, action: ToldInWords): EntryDraft => ({
  key: entryKey(id, userId, 'notification'),
  kind: 'notification',
  at: time,
  data: { ...shareItem(action, share) },
});
