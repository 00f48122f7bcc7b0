import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { ShareScope } from './share.ts';

test('the lists of a scope tell in their JSON Schema how long they may be', () => {
  const { $defs } = z.toJSONSchema(ShareScope);
  expect($defs?.['ShareScope']?.oneOf).toMatchObject([
    { properties: { recordIds: { minItems: 1, maxItems: 200 } } },
    { properties: { types: { minItems: 1, maxItems: 3 }, categories: { minItems: 1, maxItems: 100 } } },
    { properties: { budgetIds: { minItems: 1, maxItems: 200 } } },
  ]);
});

test.each(['recordIds', 'types', 'categories', 'budgetIds'])('%s that are far too many are not all looked at', (list) => {
  const kind = list === 'budgetIds' ? 'budgets' : 'records';
  const { error } = ShareScope.safeParse({ kind, [list]: Array.from({ length: 100_000 }, () => '') });
  // each thing that is wrong with them takes memory and time, and a body has room for hundreds of thousands of them
  expect(JSON.stringify(error!.issues).length).toBeLessThan(100_000);
});

test('the categories of a scope are kept as those of records are', () => {
  expect(ShareScope.parse({ kind: 'records', categories: [' Cafe\u0301 '] })).toEqual({ kind: 'records', categories: ['Caf\u00e9'] });
});
