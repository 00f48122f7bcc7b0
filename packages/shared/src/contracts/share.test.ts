import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { ShareScope } from './share.ts';

test('the lists of a scope tell in their JSON Schema how long they may be', () => {
  const { $defs } = z.toJSONSchema(ShareScope);
  expect($defs?.['ShareScope']?.anyOf).toMatchObject([
    { properties: { recordIds: { minItems: 1, maxItems: 200 } } },
    { properties: { types: { minItems: 1, maxItems: 3 }, categories: { minItems: 1, maxItems: 100 } } },
    { properties: { budgetIds: { minItems: 1, maxItems: 200 } } },
  ]);
});
