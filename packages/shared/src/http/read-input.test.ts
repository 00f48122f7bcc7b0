import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createApp } from './create-app.ts';
import { endpoint } from './endpoint.ts';
import type { EndpointSpec } from './endpoint.ts';

type Spec = EndpointSpec<undefined, z.ZodType | undefined, z.ZodType | undefined>;
const good: Spec = {
  method: 'get',
  path: '/x',
  operationId: 'x',
  tag: 't',
  summary: 's',
  admission: 'open',
  answers: { 200: { description: 'ok' } },
  handle: async () => ({ status: 200 }),
};
const mount = (change: Partial<Spec>) => () =>
  createApp({ endpoints: [endpoint({ ...good, ...change })], admit: () => null, readmit: async (one) => one, observe: () => undefined });

describe('A declaration', () => {
  test('that makes sense is mounted', () => {
    expect(mount({})).not.toThrow();
  });

  test.each<[string, Partial<Spec>]>([
    ['a path that does not begin at the root', { path: 'x' }],
    ['an internal path that is open', { path: '/internal/x' }],
    ['a public path for services', { admission: 'service' }],
    [
      'a body and an upload',
      { method: 'post', body: z.strictObject({}), upload: { contentType: 'multipart/form-data', schema: z.unknown() } },
    ],
    ['no answers', { answers: {} }],
    ['a body that takes unknown fields', { method: 'post', body: z.object({ a: z.string() }) }],
    ['a query that takes unknown parameters', { query: z.object({ a: z.string() }) }],
  ])('with %s stops the start', (_, change) => {
    expect(mount(change)).toThrow(/^x: /);
  });
});
