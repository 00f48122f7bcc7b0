import { z } from 'zod';
import { CalendarDate } from './shapes.ts';

/** So many stretches of days at most are asked about at once: each question is short enough for a request's line. */
export const stretchesMax = 200;

/** What was spent on one day in one category and currency. */
export const SpentOnDay = z.strictObject({
  day: CalendarDate,
  category: z.string(),
  currency: z.string(),
  sumMinor: z.number(),
  count: z.int().positive().meta({ description: 'How many expenses that is' }),
});
export type SpentOnDay = Readonly<z.infer<typeof SpentOnDay>>;

/** What records answer when budgets ask what somebody has spent: of the days on which something was. */
export const SpendingOfDays = z.strictObject({ spent: z.array(SpentOnDay) });
export type SpendingOfDays = { readonly spent: readonly SpentOnDay[] };
