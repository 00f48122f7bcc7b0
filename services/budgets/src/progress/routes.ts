import type { Person, Viewer } from '@commonpurse/shared/access';
import { type Caller, type Endpoint, endpoint, notFound } from '@commonpurse/shared/http';
import { refuseWhileRebuilding } from '@commonpurse/shared/service';
import type { BudgetDoc } from '../plans/budget.ts';
import { BudgetParams } from '../plans/budget-view.ts';
import type { BudgetsStore } from '../store.ts';
import { type ProgressDeps, readProgress } from './read-progress.ts';
import { Progress, ProgressQuery, writtenRecordOf } from './schemas.ts';

interface ProgressRoutesDeps extends ProgressDeps {
  readonly store: ProgressDeps['store'] & Pick<BudgetsStore, 'rebuilds'>;
  /** The budget that the caller may see; throws 404. */
  readonly visibleBudget: (caller: Caller, id: string) => Promise<BudgetDoc>;
  /** Whose day it is that counts as today; null: there is no such person. */
  readonly ownerNow: (ownerId: string) => Promise<Pick<Person, 'timeZone'> | null>;
  /** Resolves once the totals hold that record's version; throws 400 for one that will not come, 503 for one that is late. */
  readonly awaitRecord: (written: { id: string; version: number; ownerId: string; viewer: Viewer }) => Promise<void>;
}

/** Used in the OpenAPI document; compared by a test. */
export const progressExample = {
  period: { start: '2026-01-01', end: '2026-01-31' },
  currency: 'EUR',
  limit: '400.00',
  rolledOver: '0.00',
  available: '400.00',
  spent: '120.50',
  remaining: '279.50',
  percent: 30.1,
  byCategory: [
    { category: 'Food', limit: '300.00', spent: '100.00' },
    { category: 'Drinks', limit: null, spent: '20.50' },
  ],
  projected: '249.03',
  daysLeft: 16,
  status: 'ok',
  missingRates: [{ currency: 'USD', count: 1 }],
  asOf: '2026-01-15T12:00:00.000Z',
};

export const progressRoutes = (deps: ProgressRoutesDeps): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/budgets/:id/progress',
    operationId: 'getBudgetProgress',
    tag: 'Budgets',
    summary: 'How much of a budget is spent in a period',
    admission: { scope: 'budgets:read' },
    params: BudgetParams,
    query: ProgressQuery,
    queryExample: { date: '2026-01-15' },
    answers: { 200: { description: 'The progress', schema: Progress, example: progressExample } },
    refusals: ['not-found', 'service-unavailable'],
    handle: async ({ caller, params, query }) => {
      const budget = await deps.visibleBudget(caller, params.id);
      return refuseWhileRebuilding(deps.store.rebuilds, 'records', async () => {
        const { ownerId } = budget;
        if (query.after !== undefined) await deps.awaitRecord({ ...writtenRecordOf(query.after), ownerId, viewer: caller });
        const owner = ownerId === caller.userId ? caller.person : await deps.ownerNow(ownerId);
        if (owner === null) throw notFound();
        const { timeZone } = owner;
        return { status: 200, body: await readProgress(deps, { budget, timeZone, date: query.date, settled: query.after !== undefined }) };
      });
    },
  }),
];
