import { OwnedAnswer, OwnedQuestion } from '@commonpurse/shared/contracts';
import { type Answer, type Endpoint, endpoint, pageOf, parseOrRefuse, replayHeaders, targetOf } from '@commonpurse/shared/http';
import type { BudgetContent, BudgetDoc } from './budget.ts';
import { BudgetBody, BudgetPatch, demandSoundPatch, patchedBody, readBudget } from './budget-content.ts';
import { BudgetParams, BudgetView, budgetView, editableView } from './budget-view.ts';
import { changeBudget, deleteBudget, findBudget } from './change-budget.ts';
import { createBudget } from './create-budget.ts';
import * as examples from './examples.ts';
import { listBudgets, ownedBudgets } from './list-budgets.ts';
import type { PlansDeps } from './plans-deps.ts';
import { ListQuery } from './schemas.ts';

const tag = 'Budgets';
const read = { scope: 'budgets:read' };
const write = { scope: 'budgets:write' };

/** Budgets themselves: everything a client does with what it plans to spend. */
export const planRoutes = (deps: PlansDeps): Endpoint[] => [
  listRoute(deps),
  createRoute(deps),
  readRoute(deps),
  replaceRoute(deps),
  patchRoute(deps),
  deleteRoute(deps),
  ownedRoute(deps),
];

const listRoute = (deps: PlansDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/budgets',
    operationId: 'listBudgets',
    tag,
    summary: 'List budgets, newest first',
    admission: read,
    query: ListQuery,
    queryExample: { limit: '50' },
    answers: {
      200: { description: 'A page of budgets', schema: pageOf(BudgetView), example: { items: [examples.budgetExample], nextCursor: null } },
    },
    refusals: ['not-found'],
    handle: async ({ caller, query }) => ({ status: 200, body: await listBudgets(deps, caller, query) }),
  });

const createRoute = (deps: PlansDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/budgets',
    operationId: 'createBudget',
    tag,
    summary: 'Plan what to spend',
    description:
      'Periods that have spent beyond a threshold already, past ones too, alert at once. At most 500 budgets at a time; one more is 409.',
    admission: write,
    body: BudgetBody,
    bodyExample: examples.newBudgetExample,
    idempotent: true,
    answers: { 201: { description: 'The budget', schema: BudgetView, example: examples.budgetExample } },
    refusals: ['conflict', 'idempotency-key-reused'],
    handle: async ({ caller, body, idempotencyKey, requestId }) => {
      const { budget, replayed } = await createBudget(deps, caller, { content: readBudget(body), idempotencyKey, requestId });
      return answerOf(budget, 201, { Location: `/budgets/${budget._id}`, ...replayHeaders(replayed) });
    },
  });

const readRoute = (deps: PlansDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/budgets/:id',
    operationId: 'getBudget',
    tag,
    summary: 'Read a budget',
    admission: read,
    params: BudgetParams,
    answers: answers('The budget', examples.budgetExample),
    refusals: ['not-found'],
    handle: async ({ caller, params }) => answerOf(await findBudget(deps, caller, params.id)),
  });

const replaceRoute = (deps: PlansDeps): Endpoint =>
  endpoint({
    method: 'put',
    path: '/budgets/:id',
    operationId: 'replaceBudget',
    tag,
    summary: 'Replace everything that can be edited',
    admission: write,
    params: BudgetParams,
    body: BudgetBody,
    bodyExample: examples.replacementExample,
    conditional: true,
    answers: answers('The budget as it is now', examples.replacedExample),
    refusals: ['not-found', 'forbidden', 'version-mismatch'],
    handle: async (request) => {
      const content = readBudget(request.body);
      return answerOf(await changeBudget(deps, targetOf(request), () => content));
    },
  });

const patchRoute = (deps: PlansDeps): Endpoint =>
  endpoint({
    method: 'patch',
    path: '/budgets/:id',
    operationId: 'patchBudget',
    tag,
    summary: 'Change some fields (JSON merge patch)',
    admission: write,
    params: BudgetParams,
    body: BudgetPatch,
    mergePatch: true,
    bodyExample: examples.patchExample,
    conditional: true,
    answers: answers('The budget as it is now', examples.patchedExample),
    refusals: ['not-found', 'forbidden', 'version-mismatch'],
    handle: async (request) => {
      demandSoundPatch(request.body);
      const patched = (current: BudgetDoc): BudgetContent =>
        readBudget(parseOrRefuse(BudgetBody, patchedBody(editableView(current), request.body)));
      return answerOf(await changeBudget(deps, targetOf(request), patched));
    },
  });

const deleteRoute = (deps: PlansDeps): Endpoint =>
  endpoint({
    method: 'delete',
    path: '/budgets/:id',
    operationId: 'deleteBudget',
    tag,
    summary: 'Delete a budget',
    description: 'It answers 404 from then on and alerts no more. The records it counted stay. Only its owner can.',
    admission: write,
    params: BudgetParams,
    conditional: true,
    answers: { 204: { description: 'Deleted' } },
    refusals: ['not-found', 'forbidden', 'version-mismatch'],
    handle: async (request) => {
      await deleteBudget(deps, targetOf(request));
      return { status: 204 };
    },
  });

/** For the auth service: what somebody shares has to be theirs. */
const ownedRoute = (deps: PlansDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/internal/budgets/owned',
    operationId: 'ownedBudgets',
    tag,
    summary: "Which of these budgets are a person's own",
    admission: 'service',
    body: OwnedQuestion,
    bodyExample: { ownerId: examples.budgetExample.ownerId, ids: [examples.budgetExample.id] },
    answers: { 200: { description: 'Those that are', schema: OwnedAnswer, example: { owned: [examples.budgetExample.id] } } },
    handle: async ({ body }) => ({ status: 200, body: { owned: await ownedBudgets(deps, body.ownerId, body.ids) } }),
  });

const answers = (description: string, example: unknown) => ({ 200: { description, schema: BudgetView, example } });

const answerOf = (budget: BudgetDoc, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  body: budgetView(budget),
  version: budget.version,
  headers,
});
