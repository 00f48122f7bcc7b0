import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Doc, Documents, DocumentStore } from '../documents/documents.ts';
import { openJsonStore } from '../documents/json/index.ts';
import { systemClock } from '../service/clock.ts';
import { memoryDisk } from '../testing/memory-disk.ts';
import { accessTo, allows, demandAccess, visibleTo } from './access.ts';
import type { Access, Resource } from './access.ts';

interface Thing extends Doc {
  readonly kind: Resource['kind'];
  readonly ownerId: string;
  readonly type: string;
  readonly category: string | null;
}
const resourceOf = ({ _id: id, kind, ownerId, type, category }: Thing): Resource =>
  kind === 'record' ? { kind, id, ownerId, type, category } : { kind, id, ownerId };

let store: DocumentStore;
let things: Documents<Thing>;
beforeAll(async () => {
  store = await openJsonStore({ directory: '/s', disk: memoryDisk(), clock: systemClock });
  things = await store.collection<Thing>({ name: 'things', indexes: [{ name: 'owner', fields: ['ownerId', '_id'] }] });
});
afterAll(() => store.close());

describe('Access', () => {
  test('to one thing and the filter for many are the same decision', async () => {
    const userId = fc.constantFrom('ada', 'bob', 'cyd', '', '$ne', 'ad');
    const kind = fc.constantFrom<Resource['kind']>('record', 'budget', 'import');
    const category = fc.constantFrom('Food', 'Rent', null);
    const thing = fc.record({ kind, ownerId: userId, type: fc.constantFrom('expense', 'income'), category });
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(thing, { minLength: 1, maxLength: 12 }), userId, kind, async (facts, viewerId, wanted) => {
        const all = facts.map((fact) => ({ ...fact, _id: `t${(made += 1)}`, version: 1, changedAt: '' }));
        await things.insertMany(all);
        const viewer = { userId: viewerId };
        const found = await things.find({ kind: wanted, ...visibleTo(viewer, wanted) });
        const allowed = all.filter((one) => one.kind === wanted && accessTo(viewer, resourceOf(one)) !== 'none');
        expect(found.map(({ _id }) => _id).toSorted()).toEqual(allowed.map(({ _id }) => _id).toSorted());
        await things.remove(all.map(({ _id }) => _id));
      }),
      { numRuns: 200 },
    );
  });

  test('widens from none to owner', () => {
    const order: Access[] = ['none', 'view', 'edit', 'owner'];
    for (const [at, access] of order.entries()) {
      expect((['view', 'edit', 'owner'] as const).filter((needed) => allows(access, needed))).toEqual(order.slice(1, at + 1));
    }
  });

  test('that is missing looks like absence', () => {
    const mine: Resource = { kind: 'budget', id: 'b', ownerId: 'ada' };
    expect(demandAccess({ userId: 'ada' }, mine, 'edit')).toBe('owner');
    expect(() => demandAccess({ userId: 'bob' }, mine, 'view')).toThrow(
      expect.objectContaining({ code: 'not-found', message: 'There is nothing here' }),
    );
  });
});
