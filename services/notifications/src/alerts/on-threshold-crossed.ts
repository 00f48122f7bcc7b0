import { BudgetThresholdCrossed } from '@commonpurse/shared/contracts';
import type { Subscription } from '@commonpurse/shared/messaging';
import type { Deliveries } from '../deliveries/delivery.ts';
import type { FeedWriter } from '../feed/append-entries.ts';
import { entryKey } from '../feed/entry.ts';
import { alertData, alertItem } from './alert.ts';

/** An alert becomes a frame with its inbox item beside it, in one append, and a mail, as its channels say; `in-app` stands for
 *  frame and inbox together. Every part is keyed by the event: told again, nothing happens again. */
export const onThresholdCrossed = (deps: {
  readonly feed: FeedWriter;
  readonly deliveries: Deliveries;
}): Subscription<BudgetThresholdCrossed> => ({
  event: BudgetThresholdCrossed,
  from: 'now',
  async handle(event) {
    const { ownerId, channels } = event.data;
    const alert = alertData(event.data);
    if (channels.includes('in-app')) {
      await deps.feed.append(ownerId, [
        { key: entryKey(event.id, ownerId, 'budget.alert'), kind: 'budget.alert', at: event.time, data: alert },
        { key: entryKey(event.id, ownerId, 'notification'), kind: 'notification', at: event.time, data: { ...alertItem(alert) } },
      ]);
    }
    if (channels.includes('email')) await deps.deliveries.request({ eventId: event.id, userId: ownerId, alert });
  },
});
