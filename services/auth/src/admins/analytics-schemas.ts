import { z } from 'zod';

const day = z.iso.date();
const count = z.int().nonnegative();

export const AnalyticsQuery = z.strictObject({
  from: day.optional().meta({ description: 'First day (UTC); default: 29 days before `to`', example: '2026-01-01' }),
  to: day.optional().meta({ description: 'Last day (UTC); default: today', example: '2026-01-31' }),
});

const byDay = z.array(z.strictObject({ day, count }));
export const Analytics = z.strictObject({
  from: day,
  to: day,
  users: z
    .strictObject({ total: count, active: count, disabled: count, admins: count, twoFactor: count, unverified: count })
    .meta({ description: 'As of now; `unverified` are not among the others' }),
  activeUsers: byDay.meta({ description: 'Who signed in or went on, each once a day' }),
  registrations: byDay.meta({ description: 'Addresses that were verified' }),
  logins: z.array(z.strictObject({ day, succeeded: count, failed: count })),
  records: z.array(z.strictObject({ day, type: z.string(), count })).meta({ description: 'Records that were created on the day, by type' }),
  errors: byDay.meta({ description: 'Requests that a service answered with 5xx' }),
  unavailable: z.array(z.string()).meta({ description: 'Services that could not be asked; their figures are missing' }),
});
export type Analytics = z.infer<typeof Analytics>;

const on = '2026-01-15';
export const analyticsExample: Analytics = {
  from: '2026-01-01',
  to: '2026-01-31',
  users: { total: 12, active: 11, disabled: 1, admins: 1, twoFactor: 4, unverified: 2 },
  activeUsers: [{ day: on, count: 7 }],
  registrations: [{ day: on, count: 1 }],
  logins: [{ day: on, succeeded: 9, failed: 2 }],
  records: [
    { day: on, type: 'expense', count: 31 },
    { day: on, type: 'income', count: 2 },
  ],
  errors: [],
  unavailable: [],
};
