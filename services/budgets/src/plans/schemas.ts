import { listParameters } from '@commonpurse/shared/http';
import { z } from 'zod';

export const ListQuery = z.strictObject({
  owner: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: "Whose budgets: a user's id, or `all` for everybody's that you may see; without it, your own" }),
  ...listParameters,
});
export type ListQuery = z.infer<typeof ListQuery>;
