import { SpendingOfDays, stretchesMax } from '@commonpurse/shared/contracts';
import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { RecordsStore } from '../store.ts';
import { addUpSpending } from './add-up-spending.ts';

const Days = z
  .string()
  .transform((text) => text.split('..'))
  .pipe(z.tuple([z.iso.date(), z.iso.date()]));
const Stretches = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(Days).max(stretchesMax));

/** For the budgets service, which asks before it alerts: what it was told of may be gone. */
export const spendingRoutes = (store: Pick<RecordsStore, 'records'>): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/internal/records/spending',
    operationId: 'spendingOfDays',
    tag: 'Records',
    summary: 'What somebody has spent, by day, category and currency, as of now',
    admission: 'service',
    query: z.strictObject({
      ownerId: z.string().min(1).max(128),
      days: Stretches.meta({ description: 'Stretches of days, `2026-01-01..2026-01-31`, separated by commas' }),
    }),
    queryExample: { ownerId: 'ada', days: '2026-01-01..2026-01-31' },
    answers: {
      200: {
        description: 'Of the days on which something was spent',
        schema: SpendingOfDays,
        example: { spent: [{ day: '2026-01-10', category: 'Food', currency: 'EUR', sumMinor: 1250, count: 1 }] },
      },
    },
    handle: async ({ query }) => ({ status: 200, body: { spent: await addUpSpending(store, query.ownerId, query.days) } }),
  }),
];
