import type { Filter } from '../documents.ts';
import { Cursor } from './cursor.ts';
import type { Conjunction } from '../filter-atoms.ts';
import { atomsOf } from '../filter-atoms.ts';
import type { Access } from './index-ranges.ts';
import { accessOf } from './index-ranges.ts';
import type { Order } from './sort-order.ts';
import { serves } from './sort-order.ts';
import type { Table } from './table.ts';

/** How a query finds its rows: every matching row is met by walking these. */
export interface Plan {
  readonly accesses: readonly Access[];
  /** Merging the walks gives the order asked for. */
  readonly ordered: boolean;
  /** Every row met matches, and is met once: counting entries is enough. */
  readonly exact: boolean;
  /** A row may be met more than once. */
  readonly repeats: boolean;
  /** About how many entries will be looked at. */
  readonly cost: number;
}
export interface Wish {
  readonly order: Order | null;
  readonly limit: number;
}

/** What one comparison of a sort costs against looking at one entry, roughly. */
const SORT_FACTOR = 0.2;

/** The cheapest way known; ranges are measured, not guessed. */
export function planQuery(table: Table, filter: Filter, wish: Wish): Plan {
  const conjunction = atomsOf(filter);
  let best = planConjunction(table, conjunction, wish);
  for (const branches of conjunction.alternatives) {
    if (best.cost <= 1) break;
    const union = planUnion(table, conjunction, branches, wish);
    if (union.cost < best.cost) best = union;
  }
  return best;
}

function planConjunction(table: Table, { atoms, alternatives }: Conjunction, wish: Wish): Plan {
  const candidates = table.indexes.flatMap((index) => {
    const access = accessOf(index, atoms);
    return access ? [{ access, entries: entriesOf(access) }] : [];
  });
  const matching = Math.min(...candidates.map(({ entries }) => entries));
  let best: Plan | null = null;
  for (const { access, entries } of candidates) {
    const ordered = wish.order !== null && serves(access, wish.order);
    const exact = alternatives.length === 0 && !access.repeats && atoms.every((atom) => access.consumed.has(atom));
    const cost = costOf({ entries, matching: exact ? entries : matching, ordered, wish }) + (exact ? 0 : entries * 0.01);
    if (!best || cost < best.cost) best = { accesses: [access], ordered, exact, repeats: access.repeats, cost };
  }
  if (!best) throw new Error('the index of ids serves every query');
  return best;
}

interface CostFacts {
  readonly entries: number;
  readonly matching: number;
  readonly ordered: boolean;
  readonly wish: Wish;
}
function costOf({ entries, matching, ordered, wish }: CostFacts): number {
  if (!wish.order) return entries;
  if (!ordered) return entries + matching * Math.log2(matching + 1) * SORT_FACTOR;
  return matching === 0 ? entries : Math.min(entries, (wish.limit * entries) / matching);
}

/** One access per branch; worth it when each has a good one of its own. */
function planUnion(table: Table, whole: Conjunction, branches: readonly Filter[], wish: Wish): Plan {
  const others = whole.alternatives.filter((other) => other !== branches);
  const plans = branches.map((branch) => {
    const own = atomsOf(branch);
    return planConjunction(table, { atoms: [...whole.atoms, ...own.atoms], alternatives: [...others, ...own.alternatives] }, wish);
  });
  const ordered = plans.every((plan) => plan.ordered);
  const cost = plans.reduce((sum, plan) => sum + plan.cost + (ordered || !wish.order ? 0 : entriesOf(plan.accesses[0]) * SORT_FACTOR), 1);
  return { accesses: plans.flatMap((plan) => plan.accesses), ordered, exact: false, repeats: true, cost };
}

function entriesOf(access: Access | undefined): number {
  return access ? access.ranges.reduce((sum, range) => sum + new Cursor(access.index, range).count(), 0) : 0;
}
