import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Grant } from '../contracts/share.ts';
import type { Doc, Documents, DocumentStore, Filter } from '../documents/documents.ts';
import { Refusal } from '../http/refusal.ts';
import { accessTo, type Access, type Resource } from './access.ts';
import { type ResourceKind, type Viewer, viewerOf } from './viewer.ts';
import { visibleOf, visibleTo } from './visible.ts';

interface Thing extends Doc {
  readonly kind: ResourceKind;
  readonly ownerId: string;
  readonly type: 'expense' | 'income' | 'transfer';
  readonly category: string | null;
  readonly createdBy: string;
  readonly date: string;
}

const nowMs = Date.parse('2026-03-14T12:00:00.000Z');
const people = ['ada', 'bob', 'cyd'];
const person = fc.constantFrom(...people);
const kind = fc.constantFrom<ResourceKind>('record', 'record', 'record', 'budget', 'import');
const type = fc.constantFrom('expense' as const, 'expense' as const, 'income' as const, 'transfer' as const);
const category = fc.constantFrom('Food', 'Rent', '$ne', 'food');
const ids = Array.from({ length: 12 }, (_, n) => `t${String(n).padStart(2, '0')}`);
const some = <T>(of: fc.Arbitrary<T>) => fc.uniqueArray(of, { minLength: 1, maxLength: 3 });
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

const fact = fc.record({
  kind,
  ownerId: person,
  type,
  category: fc.option(category),
  createdBy: person,
  date: fc.constantFrom('2026-01-01', '2026-01-02', '2026-01-03'),
});
const scope: fc.Arbitrary<Grant['scope']> = fc.oneof(
  fc.record({ kind: fc.constant('records' as const), recordIds: some(fc.constantFrom(...ids, 'absent')) }),
  fc.record({ kind: fc.constant('records' as const), types: optional(some(type)), categories: optional(some(category)) }),
  fc.record({ kind: fc.constant('budgets' as const), budgetIds: optional(some(fc.constantFrom(...ids))) }),
);
const expiresAt = fc.constantFrom(null, null, '2026-03-14T12:00:00.001Z', '2026-03-14T12:00:00.000Z', '2026-03-14T11:59:59.999Z');
const grant = fc.record({
  shareId: fc.constant('s'),
  version: fc.constant(1),
  ownerId: person,
  access: fc.constantFrom('view' as const, 'edit' as const),
  scope,
  expiresAt,
});

/** The API's words, read one by one: every list that a scope gives must match. */
const matches: Readonly<Record<string, (list: readonly string[], thing: Thing) => boolean>> = {
  recordIds: (list, { _id }) => list.includes(_id),
  budgetIds: (list, { _id }) => list.includes(_id),
  types: (list, thing) => list.includes(thing.type),
  categories: (list, thing) => thing.type === 'expense' && list.includes(String(thing.category)),
};
function oracle(viewerId: string, grants: readonly Grant[], thing: Thing): Access {
  if (thing.ownerId === viewerId) return 'owner';
  const found = grants.filter(({ ownerId, expiresAt: end, scope: { kind: shared, ...lists } }) => {
    if (ownerId !== thing.ownerId || (end !== null && new Date(end).getTime() <= nowMs)) return false;
    if (thing.kind === 'import') return shared === 'records' && thing.createdBy === viewerId;
    if (shared !== `${thing.kind}s`) return false;
    const given = Object.entries(lists).filter(([, list]) => list !== undefined);
    return given.every(([name, list]) => matches[name]!(list as string[], thing));
  });
  if (found.some(({ access }) => access === 'edit')) return 'edit';
  return found.length > 0 ? 'view' : 'none';
}

const resourceOf = ({ _id: id, ...thing }: Thing): Resource => ({ ...thing, id });
const idsOf = (things: readonly Thing[]): string[] => things.map(({ _id }) => _id).toSorted();

/** What an access decision must be, whichever store evaluates its filter. Called once by each adapter's test.
 *  @param tries of random grants, things and viewers */
export function describeAccess(name: string, open: () => Promise<Pick<DocumentStore, 'collection' | 'close'>>, tries = 300): void {
  describe(`Access on ${name}`, () => {
    let store: Pick<DocumentStore, 'collection' | 'close'>;
    let things: Documents<Thing>;
    beforeAll(async () => {
      store = await open();
      const indexes = [
        { name: 'by-date', fields: ['ownerId', 'date', '_id'] },
        { name: 'by-category', fields: ['ownerId', 'category', 'date', '_id'] },
      ];
      things = await store.collection<Thing>({ name: 'things', indexes });
    });
    afterAll(() => store.close());

    /** All matches, read in pages of three. */
    async function paged(filter: Filter): Promise<Thing[]> {
      const found: Thing[] = [];
      for (let last: Thing | undefined; ; last = found.at(-1)) {
        const after = last === undefined ? {} : { after: [last.date, last._id] };
        const page = await things.find(filter, {
          sort: [
            ['date', -1],
            ['_id', -1],
          ],
          limit: 3,
          ...after,
        });
        found.push(...page);
        if (page.length < 3) return found;
      }
    }
    async function expectSame(viewer: Viewer, all: readonly Thing[], wanted: ResourceKind): Promise<void> {
      const allowed = all.filter((thing) => thing.kind === wanted && accessTo(viewer, resourceOf(thing)) !== 'none');
      const filter = { kind: wanted, $and: [visibleTo(viewer, wanted)] };
      expect(idsOf(await things.find(filter))).toEqual(idsOf(allowed));
      expect(await things.count(filter)).toBe(allowed.length);
      const newestFirst = (a: Thing, b: Thing): number => (`${a.date} ${a._id}` < `${b.date} ${b._id}` ? 1 : -1);
      expect(await paged(filter)).toEqual(allowed.toSorted(newestFirst).map((thing) => expect.objectContaining({ _id: thing._id })));
      for (const ownerId of people) await expectOwners(viewer, allowed, wanted, ownerId);
    }
    async function expectOwners(viewer: Viewer, allowed: readonly Thing[], wanted: ResourceKind, ownerId: string): Promise<void> {
      const shared = wanted === 'budget' ? 'budgets' : 'records';
      const known = ownerId === viewer.userId || viewer.grants.some((each) => each.ownerId === ownerId && each.scope.kind === shared);
      if (!known) return expect(() => visibleOf(viewer, wanted, ownerId)).toThrow(Refusal);
      const found = await things.find({ kind: wanted, $and: [visibleOf(viewer, wanted, ownerId)] });
      expect(idsOf(found)).toEqual(idsOf(allowed.filter((thing) => thing.ownerId === ownerId)));
    }

    test('to one thing, the filter for many and what the rules say are the same', async () => {
      const viewerId = fc.constantFrom(...people, 'dan', '', '$ne', 'ad');
      const grants = fc.array(grant, { maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(fc.array(fact, { minLength: 1, maxLength: ids.length }), viewerId, grants, async (facts, id, given) => {
          const all = facts.map((each, at): Thing => ({ ...each, _id: ids[at]!, version: 1, changedAt: '' }));
          await things.insertMany(all);
          const viewer = viewerOf({ id, grants: given }, nowMs);
          for (const thing of all) expect([thing, accessTo(viewer, resourceOf(thing))]).toEqual([thing, oracle(id, given, thing)]);
          for (const wanted of ['record', 'budget', 'import'] as const) await expectSame(viewer, all, wanted);
          await things.remove(ids);
        }),
        { numRuns: tries },
      );
    });
  });
}
