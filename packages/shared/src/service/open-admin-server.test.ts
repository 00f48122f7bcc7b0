import { afterEach, expect, test } from '@jest/globals';
import { sendRequest } from '../testing/http-client.ts';
import { createMetrics } from './metrics.ts';
import { openAdminServer } from './open-admin-server.ts';
import type { AdminServer } from './open-admin-server.ts';
import type { ServiceHealth } from './service.ts';

let admin: AdminServer;
afterEach(() => admin.close());

const part = (name: 'auth' | 'records', health: () => Promise<ServiceHealth>) => {
  const metrics = createMetrics(name);
  metrics.observeRequest({ method: 'GET', route: '/x', status: 200, durationMs: 5, requestId: 'r', userId: null, error: null });
  metrics.gauge('answer', 'Of all questions', () => 42);
  return { metrics: metrics.registry, health };
};
const well = (name: 'auth' | 'records', ready = true) => part(name, async () => ({ name, ready, parts: { store: 'ok' } }));
const open = async (...services: ReturnType<typeof part>[]) => {
  admin = await openAdminServer({ host: '127.0.0.1', port: 0, services: () => services });
  return (path: string, method = 'GET') => sendRequest(admin.url, method, path);
};

test('The operator sees the metrics of all services of a process, and its own', async () => {
  const ask = await open(well('auth'), well('records'));
  const { status, text, headers } = await ask('/metrics');
  expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/plain/)]);
  for (const service of ['auth', 'records']) {
    expect(text).toContain(`http_request_duration_seconds_count{method="GET",route="/x",status="200",service="${service}"} 1`);
    expect(text).toContain(`answer{service="${service}"} 42`);
  }
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(text.match(/^# TYPE http_request_duration_seconds histogram$/gm)).toHaveLength(1);
});

test('The operator sees what can be told while a server that another figure comes from is away', async () => {
  const away = well('records');
  const metrics = createMetrics('auth');
  metrics.gauge('stored', 'Asks the store', () => Promise.reject(new Error('away')));
  metrics.gauge('hanging', 'Asks a store that hangs', () => new Promise(() => {}));
  const { status, text } = await (await open({ ...away, metrics: metrics.registry }, away))('/metrics');
  expect(status).toBe(200);
  expect(text).toMatch(/^stored\{service="auth"\} nan$/im);
  expect(text).toMatch(/^hanging\{service="auth"\} nan$/im);
  expect(text).toContain('answer{service="records"} 42');
});

test('The operator sees who is ready', async () => {
  const ask = await open(well('auth'), well('records'));
  expect((await ask('/health/live')).body).toEqual({ status: 'live' });
  expect(await ask('/health/ready?verbose')).toMatchObject({ status: 200, body: { services: [{ name: 'auth' }, { name: 'records' }] } });
  expect([(await ask('/nothing')).status, (await ask('/metrics', 'POST')).status]).toEqual([404, 404]);
});

test('One that is not ready makes the whole not ready', async () => {
  const ask = await open(well('auth'), well('records', false));
  expect((await ask('/health/ready')).status).toBe(503);
});

test('A failure is told as one', async () => {
  const ask = await open(part('auth', () => Promise.reject(new Error('oh'))));
  expect(await ask('/health/ready')).toMatchObject({ status: 500, body: { error: 'could not be told' } });
});
