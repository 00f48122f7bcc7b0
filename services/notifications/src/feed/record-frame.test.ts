import { describe, expect, test } from '@jest/globals';
import type { ShareScope } from '@commonpurse/shared/contracts';
import { someRecord } from '../testing/start-notifications.ts';
import { granteesFrame, ownersFrame } from './record-frame.ts';

const food: ShareScope = { kind: 'records', categories: ['Food'] };
const record = someRecord('ada');
const { type, date, currency, source } = record;
const was = (category: string, deleted = false) => ({ type, date, currency, source, category, deleted });
const seenBy = (scope: ShareScope, since = '2026-01-15T12:00:00.000Z') => ({
  userId: 'bob',
  grants: [{ shareId: 's', version: 1, ownerId: 'ada', access: 'view' as const, scope, since, expiresAt: null }],
});
const at = '2026-01-15T12:00:00.000Z';
const changed = (action: 'created' | 'updated' | 'deleted' | 'restored', before: ReturnType<typeof was> | null, category = 'Food') => ({
  action,
  record: { ...record, category, deleted: action === 'deleted' },
  was: before,
  became: null,
  historyHash: null,
});

describe('Somebody with whom food is shared is told', () => {
  test.each([
    ['of food that is entered', changed('created', null), 'record.created'],
    ['nothing of rent that is entered', changed('created', null, 'Rent'), null],
    ['of food that is changed', changed('updated', was('Food')), 'record.updated'],
    ['nothing of rent that is changed', changed('updated', was('Rent'), 'Rent'), null],
    ['that what becomes rent is gone', changed('updated', was('Food'), 'Rent'), 'record.deleted'],
    ['that what becomes food is there', changed('updated', was('Rent')), 'record.created'],
    ['of food that is deleted', changed('deleted', was('Food')), 'record.deleted'],
    ['nothing of rent that is deleted', changed('deleted', was('Rent'), 'Rent'), null],
    ['of food that is brought back', changed('restored', was('Food', true)), 'record.created'],
    ['nothing of rent that is brought back', changed('restored', was('Rent', true), 'Rent'), null],
  ])('%s', (_what, event, kind) => {
    expect(granteesFrame(seenBy(food), event, at)).toBe(kind);
    expect(granteesFrame({ userId: 'cyd', grants: [] }, event, at)).toBeNull();
  });

  test('nothing of a row that an import brought', () => {
    const event = changed('created', null);
    expect(granteesFrame(seenBy({ kind: 'records' }), { ...event, record: { ...event.record, importId: 'i' } }, at)).toBeNull();
  });

  test.each([
    ['that what was food then was there', changed('created', null, 'Rent'), 'Food', 'record.created'],
    ['nothing of what has become food since', changed('created', null), 'Rent', null],
    ['that what was food before has left, though it is back', changed('updated', was('Food')), 'Rent', 'record.deleted'],
    [
      'of food that was changed and then deleted',
      { ...changed('deleted', was('Food')), action: 'updated' as const },
      'Food',
      'record.updated',
    ],
  ])('of a change behind which there are others: %s', (_what, event, then, kind) => {
    expect(granteesFrame(seenBy(food), { ...event, became: was(then) }, at)).toBe(kind);
  });

  test.each([
    ['nothing of what was food when they could not see it yet', changed('updated', was('Food'), 'Rent'), null],
    ['nothing of food that was deleted before', changed('deleted', was('Food')), null],
    ['of food that was changed before', changed('updated', was('Food')), 'record.created'],
  ])('late %s', (_what, event, kind) => {
    expect(granteesFrame(seenBy(food, '2026-01-15T12:00:00.001Z'), event, at)).toBe(kind);
  });
});

test('Its owner is told of a row that an import brought when it is changed, deleted or brought back, and not of the row itself', () => {
  const kinds = (['created', 'updated', 'deleted', 'restored'] as const).map((action) => {
    const event = changed(action, null);
    return ownersFrame({ ...event, record: { ...event.record, importId: 'i' } });
  });
  expect(kinds).toEqual([null, 'record.updated', 'record.deleted', 'record.created']);
});
