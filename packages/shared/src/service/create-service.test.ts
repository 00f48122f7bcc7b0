import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { startTestService } from '../testing/index.ts';
import type { TestService } from '../testing/index.ts';
import { createService } from './create-service.ts';

const things = [
  endpoint({
    method: 'get',
    path: '/things/:id',
    operationId: 'getThing',
    tag: 'things',
    summary: 'One thing',
    admission: { scope: 'records:read' },
    answers: { 200: { description: 'It', schema: z.strictObject({ id: z.string(), who: z.string() }), example: { id: '1', who: '2' } } },
    handle: async ({ caller, raw }) => ({ status: 200, body: { id: String(raw.params['id']), who: caller.userId }, version: 3 }),
  }),
];

describe('A service', () => {
  let harness: TestService;
  beforeAll(async () => {
    harness = await startTestService((deps) => createService({ name: 'records', deps, endpoints: things }));
  });
  afterAll(() => harness.stop());

  test('serves signed-in users', async () => {
    const ada = await harness.user();
    const { status, body, headers } = await harness.as(ada).get('/things/7');
    expect([status, body]).toEqual([200, { id: '7', who: ada.id }]);
    expect(headers.etag).toBe('"3"');
  });

  test('knows a revoked session at once', async () => {
    const ada = await harness.user();
    expect((await harness.as(ada).get('/things/7')).status).toBe(200);
    await harness.auth.revokeSession(ada);
    expect((await harness.as(ada).get('/things/7')).status).toBe(401);
  });

  test('comes back after a restart', async () => {
    await harness.restart();
    const ada = await harness.user();
    expect((await harness.as(ada).get('/things/7')).status).toBe(200);
  });
});
