import type { Documents } from '@commonpurse/shared/documents';
import type { Clock } from '@commonpurse/shared/service';
import type { BudgetDoc } from './budget.ts';

/** What the use cases of budgets themselves are given. */
export interface PlansDeps {
  readonly budgets: Documents<BudgetDoc>;
  readonly clock: Clock;
  /** Derives ids from idempotency keys and signs cursors. */
  readonly installationKey: Buffer;
}
