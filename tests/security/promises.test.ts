import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../architecture/sources.ts';

const text = readFileSync(join(root, 'docs/SECURITY.md'), 'utf8');
const named = [...text.matchAll(/`((?:tests|services|packages|all-in-one)\/[^`\s]+)`/g)].map(([, path]) => path!);

test('what the promises are kept and tested by is there', () => {
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('and no attack that is tried is left unsaid', () => {
  const tried = readdirSync(join(root, 'tests/security')).filter((name) => name.endsWith('.e2e.test.ts'));
  expect(tried.filter((name) => !named.includes(`tests/security/${name}`))).toEqual([]);
});
