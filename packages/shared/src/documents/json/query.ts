import type { Filter, FindOptions, Sum, SumOptions } from '../documents.ts';
import { onWhoseBehalf } from '../on-behalf-of.ts';
import { readCold } from './cold-values.ts';
import { atomsOf, pathsOf } from '../filter-atoms.ts';
import type { Predicate } from './predicate.ts';
import { compileFilter } from './predicate.ts';
import type { Plan } from './query-plan.ts';
import { planQuery } from './query-plan.ts';
import type { Reader, Row } from './rows.ts';
import { flatReaderOf, readerOf } from './rows.ts';
import type { Order } from './sort-order.ts';
import { orderOf } from './sort-order.ts';
import { sortSliced } from './sliced-sort.ts';
import type { Table } from './table.ts';
import { TimeSlice } from '../time-slice.ts';
import type { Scalar } from '../values.ts';
import { compareValues } from '../values.ts';
import { Walk } from './walk.ts';

/** Cold documents are fetched this many at a time while looking for matches. */
const FETCH = 256;

/** Up to so many rows are met without a rest, however long that takes. Beyond, a document may be moved ahead of the walk, and must not be met
 *  again there. */
const UNRESTED_MAX = 100;

type After = readonly Scalar[] | undefined;

/** Finds rows of a table. Everything asked of a cold table that its index keys can't answer is read from disk. */
export class Query {
  readonly #table: Table;
  /** Rows must be read before they can be tested, ordered or added up. */
  readonly #reads: boolean;
  readonly #filter: Filter;
  readonly #readerFor: (path: string) => Reader;
  #compiled: Predicate | null = null;
  readonly #order: Order | null;
  /** The same of what is walked: of a cold table that is what it keeps in memory. */
  readonly #walked: Order | null;
  readonly #plan: Plan;
  readonly #after: After;
  readonly #signal: AbortSignal | undefined;

  constructor(
    table: Table,
    filter: Filter,
    need: { sort?: FindOptions['sort']; limit?: number; after?: After; paths?: readonly string[]; signal?: AbortSignal | undefined },
  ) {
    this.#table = table;
    this.#filter = filter;
    this.#after = need.after;
    this.#signal = need.signal;
    this.#reads = table.cold && readsMoreThan(table.paths, filter, need);
    this.#readerFor = table.cold && !this.#reads ? flatReaderOf : readerOf;
    const orderBy = (readerFor: (path: string) => Reader): Order | null =>
      need.sort ? orderOf(need.sort, readerFor, table.comparisonFor(need.sort)) : null;
    this.#order = orderBy(this.#readerFor);
    this.#walked = this.#reads ? orderBy(flatReaderOf) : this.#order;
    const wish = { order: this.#order, limit: need.limit ?? Infinity, sortable: !this.#reads };
    this.#plan = planQuery(table, atomsOf(filter), wish);
  }

  async find(limit: number): Promise<Row[]> {
    const found: Row[] = [];
    if (limit <= 0) return found;
    const order = this.#order;
    if (!order || this.#plan.ordered) {
      await this.each((row) => found.push(row) >= limit);
      return found;
    }
    const after = this.#after;
    await this.each((row) => {
      if (!after || order.isBehind(row, after)) found.push(row);
      return false;
    });
    return sortSliced(found, { compare: order.comparator(), limit, signal: this.#signal });
  }

  async count(): Promise<number> {
    if (this.#plan.exact) return new Walk(this.#table, this.#plan, null, undefined).count();
    let count = 0;
    await this.each(() => {
      count++;
      return false;
    });
    return count;
  }

  /** Meets every matching row once, until told that it is enough. Cold rows come as documents when they had to be read. */
  async each(visit: (row: Row) => boolean): Promise<void> {
    const walk = new Walk(this.#table, this.#plan, this.#walked, this.#after);
    const slice = new TimeSlice(onWhoseBehalf());
    const seen = this.#plan.repeats || walk.hasMoreThan(UNRESTED_MAX) ? new Set<string>() : null;
    const arrayFields = this.#arrayFields();
    let isExact = this.#plan.exact;
    let waiting: Row[] = [];
    for (let row = walk.next(); row; row = walk.next()) {
      if (!seen?.has(row._id)) {
        seen?.add(row._id);
        if (this.#reads) waiting.push(row);
        else if ((isExact || this.#matches(row)) && visit(row)) return;
      }
      const full = waiting.length >= FETCH;
      if (full && (await this.#visitRead(waiting, visit))) return;
      if (full) waiting = [];
      if (!full && (seen === null || !slice.isOver())) continue;
      await slice.rest();
      this.#signal?.throwIfAborted();
      walk.restore();
      isExact &&= this.#arrayFields() === arrayFields;
    }
    await this.#visitRead(waiting, visit);
  }

  /** Of the indexes that are walked, which fields hold arrays: the plan was made for those. */
  #arrayFields(): string {
    return this.#plan.accesses.map(({ index }) => index.key.arrayField).join();
  }
  async #visitRead(rows: readonly Row[], visit: (row: Row) => boolean): Promise<boolean> {
    if (rows.length === 0) return false;
    const docs = await readCold(this.#table, rows);
    return docs.some((doc) => doc !== null && this.#matches(doc) && visit(doc));
  }

  /** Compiled when the first row asks for it: where the plan is exact none does. */
  #matches(row: Row): boolean {
    this.#compiled ??= compileFilter(this.#filter, this.#readerFor);
    return this.#compiled(row);
  }

  /** Whether rows found must still be read to be handed out. */
  get findsStubs(): boolean {
    return this.#table.cold && !this.#reads;
  }
}

/** Whether a query looks at anything that the index keys of a cold table don't hold. */
function readsMoreThan(known: readonly string[], filter: Filter, need: { sort?: FindOptions['sort']; paths?: readonly string[] }): boolean {
  const paths = [...pathsOf(filter), ...(need.sort ?? []).map(([field]) => field), ...(need.paths ?? [])];
  return paths.some((path) => !known.includes(path)) || asksOfElements(filter);
}

/** Whether it may ask what elements have: an index key doesn't tell what is null in them, or an empty list, from what is not there. */
function asksOfElements(filter: Filter): boolean {
  const { atoms, alternatives } = atomsOf(filter);
  return atoms.some(({ path, operator }) => operator === '$exists' && path.includes('.')) || alternatives.flat().some(asksOfElements);
}

/** Adds up by groups; groups in the order of their keys. */
export async function sumUp(table: Table, filter: Filter, { by, of }: SumOptions): Promise<Sum[]> {
  const query = new Query(table, filter, { paths: [...by, of] });
  const readerFor = query.findsStubs ? flatReaderOf : readerOf;
  const groups = new Groups(by.map(readerFor));
  const readAmount = readerFor(of);
  await query.each((row) => {
    const group = groups.of(row);
    const amount = readAmount(row);
    group.sum += typeof amount === 'number' ? amount : 0;
    group.count += 1;
    return false;
  });
  return groups.all.toSorted((a, b) => compareKeys(a.key, b.key));
}

interface Group {
  readonly key: Sum['key'];
  sum: number;
  count: number;
}

/** Groups by the values of some fields, found through a map for each field: a string made of them for every row would cost more than all the rest. */
class Groups {
  readonly all: Group[] = [];
  readonly #readers: readonly Reader[];
  readonly #root = new Map<unknown, unknown>();

  constructor(readers: readonly Reader[]) {
    this.#readers = readers;
  }
  of(row: Row): Group {
    if (this.#readers.length === 0) return this.all[0] ?? this.#add(this.#root, row);
    let level = this.#root;
    for (const read of this.#readers) {
      const name = nameOf(read(row));
      let next = level.get(name) as Map<unknown, unknown> | undefined;
      if (!next) level.set(name, (next = new Map()));
      level = next;
    }
    return (level.get(HERE) as Group | undefined) ?? this.#add(level, row);
  }
  #add(level: Map<unknown, unknown>, row: Row): Group {
    const key = this.#readers.map((read) => (read(row) ?? null) as Sum['key'][number]);
    const group = { key, sum: 0, count: 0 };
    level.set(HERE, group);
    this.all.push(group);
    return group;
  }
}

/** Where a map keeps the group that ends there. */
const HERE = Symbol('group');
/** Absent equals null; lists that say the same are the same. */
const nameOf = (value: unknown): unknown => (typeof value === 'object' && value !== null ? `\0${JSON.stringify(value)}` : (value ?? null));

function compareKeys(a: Sum['key'], b: Sum['key']): number {
  for (const [at, value] of a.entries()) {
    const sign = compareValues(value, b[at]);
    if (sign !== 0) return sign;
  }
  return 0;
}
