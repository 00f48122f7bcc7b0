import type { Filter } from '../documents.ts';
import type { Atom, Conjunction } from '../filter-atoms.ts';
import { atomsOf } from '../filter-atoms.ts';
import type { Access, Range } from './index-ranges.ts';
import { accessOf } from './index-ranges.ts';
import type { OrderedIndex } from './ordered-index.ts';
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
interface Wish {
  readonly order: Order | null;
  readonly limit: number;
  /** The rows in memory hold what they are ordered by. */
  readonly sortable: boolean;
}

/** What one comparison of a sort costs against looking at one entry, roughly. */
const SORT_FACTOR = 0.2;
/** A way as cheap as this is taken at once: looking for a better one costs more than it saves. */
const GOOD_ENOUGH = 64;

/** The cheapest way known; ranges are measured, large ones roughly. */
export function planQuery(table: Table, conjunction: Conjunction, wish: Wish): Plan {
  let best = planConjunction(table, conjunction, wish);
  for (const branches of conjunction.alternatives) {
    if (best.cost <= 1) break;
    if (!branches.every(mayNarrow)) continue;
    const union = planUnion(table, conjunction, branches, wish);
    if (union.cost < best.cost) best = union;
  }
  return best;
}

const served: ReadonlySet<string> = new Set(['$eq', '$in', '$gt', '$gte', '$lt', '$lte', '$prefix']);

/** Whether there is anything in it that an index could serve. A search has hundreds of alternatives in which there is not: each would be planned,
 *  only to be found no better than none. */
const mayNarrow = (branch: Filter): boolean => atomsOf(branch).atoms.some(({ operator }) => served.has(operator));

function planConjunction(table: Table, { atoms, alternatives }: Conjunction, wish: Wish): Plan {
  const exactly = (access: Access): boolean => alternatives.length === 0 && isExact(access, atoms);
  const few = fewIds(table, atoms);
  if (few) return planOf(candidateOf(few, wish), { exact: exactly(few), matching: few.ids!.length, wish });
  const candidates: Candidate[] = [];
  for (const access of accessesTo(table, atoms, wish)) {
    const candidate = candidateOf(access, wish);
    const exact = exactly(access);
    const found = exact ? planOf(candidate, { exact, matching: candidate.entries, wish }) : null;
    if (found && found.cost <= GOOD_ENOUGH) return found;
    candidates.push({ ...candidate, exact });
  }
  const matching = Math.min(...candidates.map(({ entries }) => entries));
  let best: Plan | null = null;
  for (const candidate of candidates) {
    const { exact, entries } = candidate;
    const found = planOf(candidate, { exact, matching: exact ? entries : matching, wish });
    if (!best || found.cost < best.cost) best = found;
  }
  if (!best) throw new Error('the index of ids serves every query');
  return best;
}

interface Candidate {
  readonly access: Access;
  readonly entries: number;
  readonly ordered: boolean;
  readonly exact: boolean;
}

/** A few ids that were asked for: nothing else need be looked at. */
function fewIds({ indexes: [ids] }: Table, atoms: readonly Atom[]): Access | null {
  const access = atoms.some(({ path }) => path === '_id') ? accessOf(ids!, atoms) : null;
  return access?.ids && access.ids.length <= GOOD_ENOUGH ? access : null;
}

/** What each index can do, the one first that answers most: where that is good enough, the others need not be measured. Not those that narrow
 *  nothing down and give no order: then the one of ids, which every query can use, is as good. */
function accessesTo(table: Table, atoms: readonly Atom[], wish: Wish): Access[] {
  const [ids] = table.indexes;
  return table.indexes
    .flatMap((index) => accessOf(index, atoms) ?? [])
    .filter((access) => access.consumed.length > 0 || access.index === ids || isOrdered(access, wish))
    .toSorted((a, b) => b.consumed.length - a.consumed.length);
}

const candidateOf = (access: Access, wish: Wish): Omit<Candidate, 'exact'> => ({
  access,
  entries: entriesOf(access),
  ordered: isOrdered(access, wish),
});

/** Rows that are looked up can be brought into any order. */
const isOrdered = (access: Access, { order, sortable }: Wish): boolean =>
  order !== null && ((access.ids !== null && sortable) || serves(access, order));

const isExact = (access: Access, atoms: readonly Atom[]): boolean =>
  !access.repeats && atoms.every((atom) => access.consumed.includes(atom));

function planOf({ access, entries, ordered }: Omit<Candidate, 'exact'>, known: { exact: boolean; matching: number; wish: Wish }): Plan {
  const { exact, matching, wish } = known;
  const cost = costOf({ entries, matching, ordered: ordered && access.ids === null, wish }) + (exact ? 0 : entries * 0.01);
  return { accesses: [access], ordered, exact, repeats: access.repeats, cost };
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
  if (access?.ids) return access.ids.length;
  return access ? access.ranges.reduce((sum, range) => sum + roughlyIn(access.index, range), 0) : 0;
}

function roughlyIn(index: OrderedIndex, { low, lowBehind, high, highBehind }: Range): number {
  if (low.length === 0 && high.length === 0) return index.size;
  return index.roughDistance(index.seek(low, lowBehind), index.seek(high, highBehind));
}
