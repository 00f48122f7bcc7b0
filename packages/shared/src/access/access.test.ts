import { describe, expect, jest, test } from '@jest/globals';
import type { Grant, ShareScope } from '../contracts/share.ts';
import { openJsonStore } from '../documents/json/index.ts';
import { systemClock } from '../service/clock.ts';
import { memoryDisk } from '../testing/memory-disk.ts';
import { describeAccess } from './access.contract.ts';
import { type Access, accessTo, allows, demandAccess, type Resource } from './access.ts';
import { grantedBy, mayEnterFor, viewerOf } from './viewer.ts';
import { visibleOf, visibleTo } from './visible.ts';

describeAccess('JSON files', () => openJsonStore({ directory: '/s', disk: memoryDisk(), clock: systemClock }));

const grantOf = (scope: ShareScope, facts: Partial<Grant> = {}): Grant => ({
  shareId: 's',
  version: 1,
  ownerId: 'ada',
  access: 'view',
  scope,
  expiresAt: null,
  ...facts,
});
const seenBy = (...grants: Grant[]) => viewerOf({ id: 'bob', grants }, 1_000);
const lunch: Resource = { kind: 'record', id: 'r1', ownerId: 'ada', type: 'expense', category: 'Food' };
const wages: Resource = { kind: 'record', id: 'r2', ownerId: 'ada', type: 'income', category: null };

describe('Access', () => {
  test('widens from none to owner', () => {
    const order: Access[] = ['none', 'view', 'edit', 'owner'];
    for (const [at, access] of order.entries()) {
      expect((['view', 'edit', 'owner'] as const).filter((needed) => allows(access, needed))).toEqual(order.slice(1, at + 1));
    }
  });

  test('that is missing looks like absence', () => {
    const mine: Resource = { kind: 'budget', id: 'b', ownerId: 'ada' };
    const ada = { userId: 'ada', grants: [] };
    expect(demandAccess(ada, mine, 'edit')).toBe('owner');
    expect(() => demandAccess({ ...ada, userId: 'bob' }, mine, 'view')).toThrow(
      expect.objectContaining({ code: 'not-found', message: 'There is nothing here' }),
    );
  });

  test('to see is not access to change', () => {
    const viewer = seenBy(grantOf({ kind: 'records', categories: ['Food'] }));
    expect(demandAccess(viewer, lunch, 'view')).toBe('view');
    expect(() => demandAccess(viewer, lunch, 'edit')).toThrow(expect.objectContaining({ code: 'forbidden', status: 403 }));
    expect(() => demandAccess(viewer, wages, 'edit')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  test('is the widest of several grants', () => {
    const all = grantOf({ kind: 'records' });
    const food = grantOf({ kind: 'records', types: ['expense'], categories: ['Food'] }, { access: 'edit' });
    for (const viewer of [seenBy(all, food), seenBy(food, all)]) {
      expect([accessTo(viewer, lunch), accessTo(viewer, wages)]).toEqual(['edit', 'view']);
    }
  });

  test('ends when the grant expires, to the millisecond', () => {
    const grants = [grantOf({ kind: 'records' }, { expiresAt: '1970-01-01T00:00:01.000Z' })];
    const at = (nowMs: number): Access => accessTo(viewerOf({ id: 'bob', grants }, nowMs), lunch);
    expect([at(999), at(1_000), at(1_001)]).toEqual(['view', 'none', 'none']);
  });

  test('to what somebody shares of another kind is none', () => {
    const viewer = seenBy(grantOf({ kind: 'budgets' }));
    expect(accessTo(viewer, lunch)).toBe('none');
    expect(() => visibleOf(viewer, 'record', 'ada')).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(visibleOf(viewer, 'budget', 'ada')).toEqual({ ownerId: 'ada' });
  });

  test('of everybody is all that may be seen, one’s own is what nobody has to share', () => {
    const viewer = seenBy(grantOf({ kind: 'records' }), grantOf({ kind: 'records' }, { ownerId: 'carl' }));
    expect(visibleOf(viewer, 'record', 'all')).toEqual({ ownerId: { $in: ['bob', 'ada', 'carl'] } });
    for (const owner of [undefined, 'bob']) expect(visibleOf(viewer, 'record', owner)).toEqual({ ownerId: 'bob' });
  });

  test('of many grants by one owner is one condition as far as it goes, so that indexes can serve it', () => {
    const named = Array.from({ length: 50 }, (_, n) => grantOf({ kind: 'records', categories: [`c${n}`] }));
    const categories = named.map((_, n) => `c${n}`);
    expect(visibleOf(seenBy(...named), 'record', 'ada')).toEqual({ ownerId: 'ada', type: 'expense', category: { $in: categories } });
    const everything = Array.from({ length: 50 }, (_, n) => grantOf({ kind: 'records' }, { ownerId: `o${n}` }));
    expect(visibleTo(seenBy(...everything), 'record')).toEqual({ ownerId: { $in: ['bob', ...everything.map((_, n) => `o${n}`)] } });
  });

  test('of many grants by one owner is put together in one go, for every list that is asked for does it', () => {
    const many = seenBy(...Array.from({ length: 100 }, (_, n) => grantOf({ kind: 'records', recordIds: [`r${n}`, `s${n}`] })));
    const added = jest.spyOn(Set.prototype, 'add');
    try {
      visibleOf(many, 'record', 'ada');
      expect(added.mock.calls.length).toBeLessThanOrEqual(200);
    } finally {
      added.mockRestore();
    }
  });

  test('to nothing in the end selects nothing', () => {
    const never = seenBy(grantOf({ kind: 'records', types: ['income'], categories: ['Food'] }));
    expect(accessTo(never, lunch)).toBe('none');
    expect(visibleOf(never, 'record', 'ada')).toEqual({ $or: [] });
  });
});

describe('Records may be entered for an owner', () => {
  const edit = (scope: ShareScope, ownerId = 'ada'): Grant => grantOf(scope, { ownerId, access: 'edit' });
  test.each<[string, Grant[], boolean]>([
    ['with a grant to edit', [edit({ kind: 'records' })], true],
    ['with one of several', [grantOf({ kind: 'records' }), edit({ kind: 'records', categories: ['Food'] })], true],
    ['not with a grant to view', [grantOf({ kind: 'records' })], false],
    ['not with another owner’s', [edit({ kind: 'records' }, 'carl'), grantOf({ kind: 'records' })], false],
    ['not with one for records that are there', [edit({ kind: 'records', recordIds: ['r1'] })], false],
    ['not with one for budgets', [edit({ kind: 'budgets' })], false],
  ])('%s', (_, grants, expected) => expect(mayEnterFor(seenBy(...grants), 'ada')).toBe(expected));
});

test('What had been granted by an instant is what was granted then or before, or since nobody knows when', () => {
  const since = (second: string): Grant => grantOf({ kind: 'records' }, { shareId: second, since: `2026-01-01T00:00:0${second}.000Z` });
  const viewer = seenBy(since('1'), since('2'), since('3'), grantOf({ kind: 'records' }, { shareId: 'old' }));
  const { userId, grants } = grantedBy(viewer, '2026-01-01T00:00:02.000Z');
  expect([userId, grants.map(({ shareId }) => shareId)]).toEqual(['bob', ['1', '2', 'old']]);
});
