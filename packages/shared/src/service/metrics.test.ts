import { expect, test } from '@jest/globals';
import { createMetrics } from './metrics.ts';

test('Durations are told in seconds, as their name says', async () => {
  const { observeRequest, registry } = createMetrics('records');
  observeRequest({ method: 'GET', route: '/records', status: 200, durationMs: 250, requestId: 'r', userId: null, error: null });
  const labels = 'service="records",method="GET",route="/records",status="200"';
  expect(await registry.metrics()).toContain(`http_request_duration_seconds_sum{${labels}} 0.25`);
});
