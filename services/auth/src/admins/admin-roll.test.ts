import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AdminRoll, emptyRoll, type PendingStanding, rollWithout, settledRoll, type Standing, withDecision } from './admin-roll.ts';

const roll = (...userIds: string[]): AdminRoll => ({ ...emptyRoll, userIds, changedAt: '' });
const decided = (userId: string, role: Standing['role'], status: Standing['status'] = 'active'): PendingStanding => ({
  userId,
  role,
  status,
  by: 'ada',
  requestId: 'r',
});
const last = expect.objectContaining({ code: 'last-admin', status: 409 });

describe('the roll of administrators', () => {
  test('lists those who are administrators and active', () => {
    expect(settledRoll(roll(), decided('ada', 'admin')).userIds).toEqual(['ada']);
    expect(settledRoll(roll('ada'), decided('ada', 'admin')).userIds).toEqual(['ada']);
    expect(settledRoll(roll('ada', 'bob'), decided('ada', 'user')).userIds).toEqual(['bob']);
    expect(settledRoll(roll('ada', 'bob'), decided('bob', 'admin', 'disabled')).userIds).toEqual(['ada']);
  });

  test.each<[string, PendingStanding]>([
    ['demoted', decided('ada', 'user')],
    ['disabled', decided('ada', 'admin', 'disabled')],
  ])('does not let the last one be %s', (_what, decision) => {
    expect(() => withDecision(roll('ada'), decision)).toThrow(last);
    expect(withDecision(roll('ada', 'bob'), decision)).toMatchObject({ pending: decision, userIds: ['ada', 'bob'], version: 2 });
  });

  test('of nobody protects nobody', () => {
    expect(withDecision(roll(), decided('eve', 'user', 'disabled')).pending).not.toBeNull();
  });

  test('keeps nothing of somebody who is gone, and what is decided about others', () => {
    const [aboutBob, aboutAda] = [decided('bob', 'user'), decided('ada', 'admin')];
    expect(rollWithout({ ...roll('ada', 'bob'), pending: aboutBob }, 'ada')).toMatchObject({
      userIds: ['bob'],
      pending: aboutBob,
      version: 2,
    });
    expect(rollWithout({ ...roll('bob'), pending: aboutAda }, 'ada')).toMatchObject({ userIds: ['bob'], pending: null, version: 2 });
    expect(rollWithout({ ...roll('bob'), pending: aboutBob }, 'ada')).toBeNull();
  });

  test('is never empty again, whatever is decided', () => {
    const decision = fc.record({
      userId: fc.constantFrom('ada', 'bob', 'cyd'),
      role: fc.constantFrom<Standing['role']>('user', 'admin'),
      status: fc.constantFrom<Standing['status']>('active', 'disabled'),
      by: fc.constant('ada'),
      requestId: fc.constant('r'),
    });
    fc.assert(
      fc.property(fc.array(decision), (decisions) => {
        let now = roll('ada');
        for (const each of decisions) {
          try {
            now = { ...settledRoll({ ...withDecision(now, each), changedAt: '' }, each), changedAt: '' };
          } catch (error) {
            expect(error).toEqual(last);
          }
          expect(now.userIds.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
