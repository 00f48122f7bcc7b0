import { expect, test } from '@jest/globals';
import { withoutNulls } from './fields.ts';

test('What a merge patch takes away, and what it says nothing of, is missing', () => {
  expect(withoutNulls({ a: null, b: undefined, c: 0, d: '', e: false, f: { g: null } })).toEqual({ c: 0, d: '', e: false, f: { g: null } });
});
