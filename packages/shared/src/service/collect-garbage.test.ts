import { expect, test } from '@jest/globals';
import { collectGarbage } from './collect-garbage.ts';

test('what nobody can reach any more is gone', () => {
  const held = (() => new WeakRef({ large: 'x'.repeat(1_000) }))();
  collectGarbage();
  // a WeakRef holds its target to the end of the turn that made it
  return new Promise<void>((resolve) => {
    setImmediate(() => {
      collectGarbage();
      expect(held.deref()).toBeUndefined();
      resolve();
    });
  });
});
