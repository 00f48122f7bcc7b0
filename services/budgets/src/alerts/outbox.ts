import { BudgetThresholdCrossed } from '@commonpurse/shared/contracts';
import type { Documents } from '@commonpurse/shared/documents';
import { eventOfEntry, type Outbox } from '@commonpurse/shared/messaging';
import type { PeriodDoc } from './alert.ts';

/** Tells others that a threshold was crossed, always as it was seen when it fired. */
export const periodsOutbox = (documents: Documents<PeriodDoc>): Outbox<PeriodDoc> => ({
  aggregate: 'budget-period',
  documents,
  render: (entry, period) =>
    period.fired
      .filter(({ version }) => version === entry.version)
      .map(({ version: _version, at: _at, channels, ...seen }) =>
        eventOfEntry(BudgetThresholdCrossed, entry, period._id, {
          budgetId: period.budgetId,
          ownerId: period.ownerId,
          channels: [...channels],
          ...seen,
        }),
      ),
});
