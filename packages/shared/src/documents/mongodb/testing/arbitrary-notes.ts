import fc from 'fast-check';
import type { Doc, Draft, Filter, FindOptions, OutboxEntry, Sort } from '../../documents.ts';
import { entry } from '../../documents-ground.contract.ts';

/** A document with a field of every kind that the contract knows. */
export interface Odd extends Doc {
  readonly owner: string;
  readonly size: number;
  readonly code?: string | null;
  readonly mixed?: Scalar;
  readonly tags?: readonly Scalar[];
  readonly nested?: { readonly n?: number | null; readonly s?: string; readonly flag?: boolean };
}
type Scalar = string | number | boolean | null;

const text = fc.constantFrom('', 'a', 'A', 'ab', 'a.b', 'b', 'z', 'é', '\uffee', '🚲', '0', '10', '9', '2026-01-15');
const number = fc.constantFrom(-2, -0.5, 0, 1, 2, 10, 2_147_483_648, 9_007_199_254_740_991);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const absent = { requiredKeys: [] };

export const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
const content = fc.record(
  {
    owner: fc.constantFrom('ann', 'bob', 'cid'),
    size: fc.integer({ min: -3, max: 3 }),
    code: fc.constantFrom('K', 'L', 'M', null),
    mixed: scalar,
    tags: fc.array(scalar, { maxLength: 4 }),
    nested: fc.record({ n: fc.oneof(number, fc.constant(null)), s: text, flag: fc.boolean() }, absent),
  },
  { requiredKeys: ['owner', 'size'] },
);
type Content = Omit<Draft<Odd>, '_id' | 'version'>;
export const draftOf = (id: string, version: number, facts: Content): Draft<Odd> => ({ ...facts, _id: id, version });

export const population = fc
  .array(content, { minLength: 1, maxLength: ids.length })
  .map((contents) => contents.map((facts, at) => draftOf(ids[at]!, 1, { ...facts, code: `${at}` })));

const paths = ['owner', 'size', 'code', 'mixed', 'tags', 'nested.n', 'nested.s', 'nested.flag'];
const comparable = fc.oneof(text, number);
const condition = fc.oneof(
  scalar,
  fc.record(
    {
      $eq: scalar,
      $ne: scalar,
      $in: fc.array(scalar, { maxLength: 3 }),
      $gt: comparable,
      $gte: comparable,
      $lt: comparable,
      $lte: comparable,
      $exists: fc.boolean(),
      $prefix: text,
      $contains: text,
    },
    absent,
  ),
  fc.record({ $gt: comparable, $lte: comparable }),
);
const plainFilter = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...paths), fc.constant('_id')), condition), { maxLength: 3 })
  .map((conditions) => Object.fromEntries(conditions) as Filter);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2 },
    plainFilter,
    fc
      .tuple(plainFilter, fc.constantFrom('$or', '$and'), fc.array(tie('filter'), { maxLength: 3 }))
      .map(([plain, word, parts]) => ({ ...plain, [word]: parts })),
  ),
}));

const sort = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom('owner', 'size', 'mixed', 'nested.n', 'nested.s', 'nested.flag'), { maxLength: 2 }),
    fc.constantFrom(1, -1),
  )
  .map(([fields, direction]): Sort => [...fields, '_id'].map((field) => [field, direction]));

export interface Question {
  readonly filter: Filter;
  readonly sort: Sort;
  readonly limit: NonNullable<FindOptions['limit']>;
  readonly by: readonly string[];
  readonly of: string;
}
export const question: fc.Arbitrary<Question> = fc.record({
  filter,
  sort,
  limit: fc.integer({ min: 1, max: 4 }),
  by: fc.uniqueArray(fc.constantFrom('owner', 'mixed', 'nested.s'), { maxLength: 2 }),
  of: fc.constantFrom('size', 'nested.n', 'mixed'),
});

export type Act =
  | { readonly kind: 'insert'; readonly id: string; readonly facts: Content; readonly told: boolean }
  | { readonly kind: 'insertMany'; readonly rows: readonly { readonly id: string; readonly facts: Content }[] }
  | { readonly kind: 'replace'; readonly id: string; readonly from: number; readonly facts: Content; readonly told: boolean }
  | {
      readonly kind: 'pull';
      readonly pulls: readonly { readonly id: string; readonly versions: readonly number[]; readonly hash?: string }[];
    }
  | { readonly kind: 'remove'; readonly ids: readonly string[] };

const id = fc.constantFrom(...ids.slice(0, 4));
const version = fc.integer({ min: 1, max: 4 });
export const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), id, facts: content, told: fc.boolean() }),
  fc.record({ kind: fc.constant('insertMany' as const), rows: fc.array(fc.record({ id, facts: content }), { maxLength: 5 }) }),
  fc.record({ kind: fc.constant('replace' as const), id, from: version, facts: content, told: fc.boolean() }),
  fc.record({ kind: fc.constant('replace' as const), id, from: version, facts: content, told: fc.boolean() }),
  fc.record({
    kind: fc.constant('pull' as const),
    pulls: fc.array(
      fc.record(
        { id, versions: fc.array(version, { minLength: 1, maxLength: 3 }), hash: fc.constantFrom('h1', 'h2') },
        { requiredKeys: ['id', 'versions'] },
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({ kind: fc.constant('remove' as const), ids: fc.array(id, { maxLength: 2 }) }),
) as fc.Arbitrary<Act>;

export const entriesFor = (aggregate: string, at: number, told: boolean): OutboxEntry[] => (told ? [entry(aggregate, at)] : []);
