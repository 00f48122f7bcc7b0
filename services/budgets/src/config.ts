import { variable } from '@commonpurse/shared/service';
import { z } from 'zod';

/** The environment that budgets reads. */
export const BudgetsConfig = z.object({
  /** false: thresholds don't fire. Progress is shown all the same, and what was crossed meanwhile fires once it is on again and the
   *  budget or one of its period's records changes. */
  BUDGET_ALERTS: variable.flag(true),
});
export type BudgetsConfig = z.infer<typeof BudgetsConfig>;
