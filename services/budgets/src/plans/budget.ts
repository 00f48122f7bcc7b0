import type { Resource } from '@commonpurse/shared/access';
import type { BudgetState } from '@commonpurse/shared/contracts';
import type { Doc, Draft } from '@commonpurse/shared/documents';
import type { Alert } from '../alerts/alert.ts';

export interface CategoryLimit {
  readonly category: string;
  /** In the budget's currency; null: counted, without a limit of its own. */
  readonly amountMinor: number | null;
}

/** What a user decides about a budget: validated, trimmed, defaults filled in. */
export interface BudgetContent {
  readonly name: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly period: 'monthly' | 'yearly';
  /** `YYYY-MM-DD`. */
  readonly startDate: string;
  readonly endDate: string | null;
  /** Empty: all expenses count. */
  readonly categories: readonly CategoryLimit[];
  readonly rollover: { readonly mode: 'none' };
  readonly alerts: readonly Alert[];
  readonly enforcement: 'notify';
}

/** A budget as it is stored. */
export interface BudgetDoc extends Doc, BudgetContent {
  readonly ownerId: string;
  /** The owner's at creation; a later change of the profile moves no period of this budget. */
  readonly monthStartDay: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** A tombstone since then. */
  readonly deletedAt: string | null;
  /** Of the parsed input, where an idempotency key was sent. */
  readonly fingerprint?: string;
  /** Version 1's content, for a replay; kept from the first change on where there was a key. */
  readonly first?: BudgetContent;
}

const contentOf = (budget: BudgetContent): BudgetContent => ({
  name: budget.name,
  amountMinor: budget.amountMinor,
  currency: budget.currency,
  period: budget.period,
  startDate: budget.startDate,
  endDate: budget.endDate,
  categories: budget.categories,
  rollover: budget.rollover,
  alerts: budget.alerts,
  enforcement: budget.enforcement,
});

/** Where a new budget comes from. */
interface BudgetOrigin {
  readonly id: string;
  readonly ownerId: string;
  readonly monthStartDay: number;
  /** Instant. */
  readonly at: string;
}

/** Version 1. */
export const newBudget = (content: BudgetContent, { id, ownerId, monthStartDay, at }: BudgetOrigin): Draft<BudgetDoc> => ({
  _id: id,
  version: 1,
  ...content,
  ownerId,
  monthStartDay,
  createdAt: at,
  updatedAt: at,
  deletedAt: null,
});

/** As it was at version 1, for a repeated request, whatever has become of it since. */
export const firstBudget = (budget: BudgetDoc): BudgetDoc => ({
  ...budget,
  ...budget.first,
  version: 1,
  updatedAt: budget.createdAt,
  deletedAt: null,
});

/** The next version with other content. */
export const changedBudget = (budget: BudgetDoc, content: BudgetContent, at: string): Draft<BudgetDoc> => ({
  ...identityOf(budget),
  ...content,
  version: budget.version + 1,
  updatedAt: at,
  deletedAt: null,
});

/** The next version, a tombstone: it answers as absent and fires nothing; its id is never used again. */
export const deletedBudget = (budget: BudgetDoc, at: string): Draft<BudgetDoc> => ({
  ...changedBudget(budget, contentOf(budget), at),
  deletedAt: at,
});

const identityOf = (budget: BudgetDoc) => ({
  _id: budget._id,
  ownerId: budget.ownerId,
  monthStartDay: budget.monthStartDay,
  createdAt: budget.createdAt,
  ...(budget.fingerprint === undefined ? {} : { fingerprint: budget.fingerprint, first: budget.first ?? contentOf(budget) }),
});

/** The budget whole, as events carry it. */
export const budgetStateOf = (budget: BudgetDoc): BudgetState => ({
  id: budget._id,
  version: budget.version,
  ownerId: budget.ownerId,
  name: budget.name,
  amountMinor: budget.amountMinor,
  currency: budget.currency,
  period: budget.period,
  startDate: budget.startDate,
  endDate: budget.endDate,
  categories: budget.categories.map(({ category, amountMinor }) => ({ category, amountMinor })),
  alerts: budget.alerts.map(({ thresholdPercent, channels }) => ({ thresholdPercent, channels: [...channels] })),
  enforcement: budget.enforcement,
  deleted: budget.deletedAt !== null,
  createdAt: budget.createdAt,
  updatedAt: budget.updatedAt,
});

/** What access is decided by. */
export const budgetResource = ({ _id: id, ownerId }: BudgetDoc): Resource => ({ kind: 'budget', id, ownerId });

/** Whether spending in that category counts. */
export const counts = (budget: Pick<BudgetContent, 'categories'>, category: string): boolean =>
  budget.categories.length === 0 || budget.categories.some((each) => each.category === category);
