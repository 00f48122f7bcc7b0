import { z } from 'zod';
import type { Doc, Documents, Filter, Sort } from '../documents/documents.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { CursorScope, CursorValue } from './cursor.ts';
import { documentedAs, flag } from './documented-as.ts';
import { issue } from './validate.ts';

const limitIssue = issue('limit-out-of-range', 'limit is a whole number from 1 to 200');

const Limit = z
  .string()
  .regex(/^\d{1,6}$/, 'limit is a whole number from 1 to 200')
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= 200, limitIssue);
const limitBounds = { type: 'integer', minimum: 1, maximum: 200 } as const;

/** The parameters of every list; spread into a route's `z.strictObject`. */
export const listParameters = {
  limit: Limit.prefault('50').meta({
    override: documentedAs({ ...limitBounds, default: 50 }),
    description: 'How many items a page has at most',
    example: 50,
  }),
  cursor: z.string().max(4096).optional().meta({ description: 'The `nextCursor` of the page before' }),
  count: flag('Adds `total`, the number of items on all pages'),
};

/** The same, of a list that a form offers to choose from: without a limit all of it is one page. */
export const wholeListParameters = {
  ...listParameters,
  limit: Limit.optional().meta({
    override: documentedAs(limitBounds),
    description: 'How many items a page has at most; without it, all of them are on one page',
    example: 50,
  }),
};

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly count: boolean;
}

export interface Page<V> {
  readonly items: readonly V[];
  readonly nextCursor: string | null;
  readonly total?: number;
}

/** The schema of a list's answer. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page', example: null }),
    total: z.int().nonnegative().optional(),
  });

export interface ListPage<T extends Doc, V> {
  readonly documents: Documents<T>;
  /** Not asked for before the cursor is found good: an owner who shares nothing is a 404, which comes after every 400. */
  readonly filter: () => Filter;
  /** Ends with `_id`; all directions alike. */
  readonly sort: Sort;
  readonly query: ListQuery;
  /** What the cursor is bound to. */
  readonly scope: CursorScope;
  readonly render: (doc: T) => V;
  /** Of whoever waits for it; default: it is looked for to the end. */
  readonly signal?: AbortSignal | undefined;
}

/** One page of a list, by index, right behind where the cursor says the last one ended. */
export async function listPage<T extends Doc, V>(list: ListPage<T, V>): Promise<Page<V>> {
  const { documents, sort, query, scope, signal } = list;
  const after = query.cursor === undefined ? undefined : decodeCursor(scope, query.cursor);
  const filter = list.filter();
  const options = { sort, limit: query.limit + 1, signal, ...(after ? { after } : {}) };
  const [found, total] = await Promise.all([
    documents.find(filter, options),
    query.count ? documents.count(filter, { signal }) : undefined,
  ]);
  return { ...toPage(found, list, (doc) => sort.map(([field]) => valueAt(doc, field))), ...(total === undefined ? {} : { total }) };
}

export interface ArrayPage<T, V> {
  readonly items: readonly T[];
  /** Without a limit, all that is left is one page. */
  readonly query: Omit<ListQuery, 'limit'> & { readonly limit?: number | undefined };
  readonly scope: CursorScope;
  readonly render: (item: T) => V;
  /** Unique, and grows as the items do. */
  readonly keyOf: (item: T) => string;
  /** Default: -1, newest first. */
  readonly direction?: 1 | -1;
}

/** One page of a list that is small enough to be at hand. */
export function arrayPage<T, V>({ items, query, scope, render, keyOf, direction = -1 }: ArrayPage<T, V>): Page<V> {
  const order = (a: string, b: string): number => (a < b ? -direction : direction);
  const sorted = items.toSorted((a, b) => order(keyOf(a), keyOf(b)));
  const after = query.cursor === undefined ? null : String(decodeCursor(scope, query.cursor)[0]);
  const left = after === null ? sorted : sorted.filter((item) => keyOf(item) !== after && order(keyOf(item), after) > 0);
  const page = toPage(left, { query: { limit: query.limit ?? left.length }, scope, render }, (item) => [keyOf(item)]);
  return query.count ? { ...page, total: items.length } : page;
}

/** Cuts what was found (one more than asked for, where there is more) into a page. */
export function toPage<T, V>(
  found: readonly T[],
  list: { readonly query: { readonly limit: number }; readonly scope: CursorScope; readonly render: (item: T) => V },
  positionOf: (item: T) => readonly CursorValue[],
): Page<V> {
  const items = found.slice(0, list.query.limit);
  const last = items.at(-1);
  const more = found.length > items.length && last !== undefined;
  return { items: items.map(list.render), nextCursor: more ? encodeCursor(list.scope, positionOf(last)) : null };
}

function valueAt(doc: unknown, path: string): CursorValue {
  let value = doc;
  for (const part of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[part];
  return (value ?? null) as CursorValue;
}
