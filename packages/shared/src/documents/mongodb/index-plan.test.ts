import { describe, expect, test } from '@jest/globals';
import { differenceOf, planIndex } from './index-plan.ts';

describe('an index of MongoDB', () => {
  test('is as declared, all fields ascending', () => {
    expect(planIndex({ name: 'owner', fields: ['owner', 'size', '_id'] })).toEqual({ name: 'owner', key: { owner: 1, size: 1, _id: 1 } });
    expect(planIndex({ name: 'code', fields: ['code'], unique: true, sparse: true })).toEqual({
      name: 'code',
      key: { code: 1 },
      unique: true,
      sparse: true,
    });
  });

  test('of several fields is never sparse: with the id among them that would leave out nothing', () => {
    expect(planIndex({ name: 'due', fields: ['dueAt', '_id'], sparse: true })).toEqual({ name: 'due', key: { dueAt: 1, _id: 1 } });
  });

  test('that is there already is compared by what it does', () => {
    const planned = planIndex({ name: 'code', fields: ['code'], unique: true });
    expect(differenceOf(planned, { v: 2, name: 'code', key: { code: 1 }, unique: true })).toBeNull();
    expect(differenceOf(planned, { v: 2, name: 'code', key: { code: 1 } })).toBe(
      'index code is {"code":1} where unique {"code":1} is declared',
    );
    expect(differenceOf(planned, { v: 2, name: 'code', key: { other: -1 }, unique: true, sparse: true })).toContain(
      'is unique sparse {"other":-1} where',
    );
    const odd = { v: 2, name: 'code', key: { code: 1 }, partialFilterExpression: {}, expireAfterSeconds: 0, collation: { locale: 'de' } };
    expect(differenceOf(planned, odd)).toContain('is partial expiring collated {"code":1}');
  });
});
