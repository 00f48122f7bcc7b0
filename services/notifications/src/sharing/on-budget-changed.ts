import { BudgetChanged } from '@commonpurse/shared/contracts';
import type { Subscription } from '@commonpurse/shared/messaging';
import type { FeedWriter } from '../feed/append-entries.ts';
import { entryKey } from '../feed/entry.ts';
import type { FindEditor } from '../find-editor.ts';
import { editedBudgetItem } from './item.ts';

/** A budget that somebody else has changed is an item in its owner's inbox. */
export const onBudgetChanged = (deps: { readonly feed: FeedWriter; readonly findEditor: FindEditor }): Subscription<BudgetChanged> => ({
  event: BudgetChanged,
  from: 'now',
  async handle(event) {
    const { budget } = event.data;
    const editor = await deps.findEditor(event.actor, budget.ownerId);
    if (editor === null) return;
    const data = { ...editedBudgetItem(budget, event.version, editor) };
    const key = entryKey(event.id, budget.ownerId, 'notification');
    await deps.feed.append(budget.ownerId, [{ key, kind: 'notification', at: event.time, data }]);
  },
});
