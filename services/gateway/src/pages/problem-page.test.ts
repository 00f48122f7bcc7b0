import { expect, test } from '@jest/globals';
import { refusalCodes } from '@commonpurse/shared/http';
import { problemPage } from './problem-page.ts';

test('there is a page for every code and for nothing else', () => {
  for (const code of Object.keys(refusalCodes)) expect(problemPage(code)).toContain(code);
  expect([problemPage('nonsense'), problemPage('constructor')]).toEqual([null, null]);
});
