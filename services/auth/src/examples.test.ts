import { describe, expect, test } from '@jest/globals';
import { type Endpoint, openApiOf } from '@commonpurse/shared/http';
import type { AuthDeps } from './auth-deps.ts';
import { authRoutes } from './routes.ts';

// What is declared needs nothing that runs.
const deps = {} as AuthDeps;
const endpoints: Endpoint[] = authRoutes(deps);

describe('the description of auth', () => {
  test.each(endpoints.map((one) => [one.operationId, one] as const))('%s has an example of everything it takes and answers', (_id, one) => {
    if (one.body) expect(one.body.parse(one.bodyExample)).toBeDefined();
    for (const answer of Object.values(one.answers)) if (answer.schema) expect(answer.schema.parse(answer.example)).toEqual(answer.example);
  });

  test('becomes an OpenAPI document', () => {
    const { paths } = openApiOf({ name: 'auth', endpoints });
    expect(Object.keys(paths ?? {})).toHaveLength(27);
  });
});
