import { expect, test } from '@jest/globals';
import { doubtAbout } from './server-facts.ts';

test('a server that forgets when it is full is doubted', () => {
  expect(doubtAbout(new Map([['maxmemory_policy', 'noeviction']]))).toBeNull();
  expect(doubtAbout(new Map())).toBeNull();
  expect(doubtAbout(new Map([['maxmemory_policy', 'allkeys-lru']]))).toMatch(/^forgets entries when its memory is full/);
});
