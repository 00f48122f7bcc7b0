import { expect, test } from '@jest/globals';
import { pointerOf } from './json-pointer.ts';

test.each([
  [[], ''],
  [['a/b', 0, '~'], '/a~1b/0/~0'],
  [['~1', ''], '/~01/'],
])('the pointer to %j is %s', (path, pointer) => {
  expect(pointerOf(path)).toBe(pointer);
});
