import { flag, listParameters, pageOf } from '@commonpurse/shared/http';
import { z } from 'zod';

export const ItemId = z.strictObject({
  id: z.string().min(1).max(128).meta({ description: 'The id of the inbox item', example: '5c6f0d5e-3b1a-8f2e-8a4d-9f0e1d2c3b4a' }),
});

export const ListItemsQuery = z.strictObject({
  unread: flag('Only those that were not read'),
  ...listParameters,
});

const Item = z
  .strictObject({
    id: z.string(),
    seq: z.int().positive().meta({ description: 'The number of its frame; inbox numbers have gaps' }),
    type: z.string().meta({
      description:
        'What it tells of: `budget.alert`, `share.granted`, `share.revoked` (the grantee has left), `record.edited`, `budget.edited`, `import.edited`',
    }),
    at: z.iso.datetime({ precision: 3 }),
    title: z.string(),
    body: z.string(),
    data: z
      .record(z.string(), z.unknown())
      .meta({ description: 'By type; of a `budget.alert`, `share.granted` or `share.revoked` the data of its frame' }),
    readAt: z.iso.datetime({ precision: 3 }).nullable(),
  })
  .meta({ id: 'Notification' });

export const Items = pageOf(Item);

export const itemExample = {
  id: '5c6f0d5e-3b1a-8f2e-8a4d-9f0e1d2c3b4a',
  seq: 42,
  type: 'budget.alert',
  at: '2026-09-17T18:03:11.482Z',
  title: 'Groceries has reached 80 % of its budget',
  body: '412.50 of 500.00 EUR spent from 2026-09-01 to 2026-09-30.',
  data: {
    budgetId: '0199577a-2f1c-7c3e-9d51-0b7c2f6a9e10',
    name: 'Groceries',
    thresholdPercent: 80,
    period: { start: '2026-09-01', end: '2026-09-30' },
    spent: '412.50',
    available: '500.00',
    currency: 'EUR',
  },
  readAt: null,
};
