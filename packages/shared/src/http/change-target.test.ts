import { expect, test } from '@jest/globals';
import { targetOf } from './change-target.ts';
import type { Caller } from './endpoint.ts';

test('A change is of what the path names, as its caller asked for it', () => {
  const asked = { caller: { userId: 'ann' } as Caller, ifMatch: [3], requestId: 'mine' };
  expect(targetOf({ ...asked, params: { id: 'lunch' } })).toEqual({ ...asked, id: 'lunch' });
});
