import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import type { Endpoint } from '../http/endpoint.ts';
import { createLifecycle } from './lifecycle.ts';

/** A lifecycle whose parts say when they begin and end. */
function living(startJob: () => Promise<void> = async () => undefined) {
  const steps: string[] = [];
  const step = (name: string) => async (): Promise<void> => void steps.push(name);
  const lifecycle = createLifecycle({
    log: pino({ level: 'silent' }),
    messaging: { start: step('messaging starts'), stop: step('messaging stops') },
    jobs: [{ name: 'job', start: () => startJob().then(step('job starts')), stop: step('job stops') }],
    documents: { close: step('store closes') },
  });
  const server = createServer();
  const close = server.close.bind(server);
  server.close = (closed) => (steps.push('port closes'), close(closed));
  /** A request that is under way; its answer, of which the headers are seen. */
  const begin = () => {
    const headers = new Map<string, string>();
    const res = Object.assign(new EventEmitter(), { setHeader: (name: string, value: string) => headers.set(name, value) });
    lifecycle.counting(() => undefined)({} as IncomingMessage, res as unknown as ServerResponse);
    return { headers, goes: () => res.emit('close') };
  };
  return { lifecycle, steps, begin, stop: () => lifecycle.stop(server) };
}

test('What a service consists of begins in an order and ends in another, once', async () => {
  const { lifecycle, steps, stop } = living();
  await lifecycle.start();
  await Promise.all([stop(), stop()]);
  expect(steps).toEqual(['messaging starts', 'job starts', 'job stops', 'messaging stops', 'port closes', 'store closes']);
});

test('A service that is told to end while it starts never says that it is ready', async () => {
  const gate = Promise.withResolvers<void>();
  const { lifecycle, stop } = living(() => gate.promise);
  const starting = lifecycle.start();
  const stopping = stop();
  gate.resolve();
  await Promise.all([starting, stopping]);
  expect(lifecycle.ready).toBe(false);
});

test('A stop waits for every request, also one whose client goes away, and asks who comes meanwhile to connect anew', async () => {
  const { lifecycle, steps, begin, stop } = living();
  await lifecycle.start();
  const [first, second] = [begin(), begin()];
  const stopping = stop();
  const late = begin();
  for (const each of [first, late]) each.goes();
  expect([steps.includes('job stops'), first.headers.size, late.headers.get('Connection')]).toEqual([false, 0, 'close']);
  second.goes();
  // At once, long before requests are cut that are still running.
  for (let turns = 0; turns < 100; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(steps.at(-1)).toBe('store closes');
  await stopping;
});

test('A stop does not wait for a request that never ends', async () => {
  const { lifecycle, steps, begin, stop } = living();
  await lifecycle.start();
  begin();
  jest.useFakeTimers();
  try {
    const stopping = stop();
    jest.advanceTimersByTime(4_999);
    expect(steps.includes('job stops')).toBe(false);
    jest.advanceTimersByTime(1);
    await stopping;
    expect(steps.at(-1)).toBe('store closes');
  } finally {
    jest.useRealTimers();
  }
});

test('The keys that others verify by are served before the service has started', () => {
  const { lifecycle } = living();
  const at = (path: string) => ({ path, admission: 'open' }) as Endpoint;
  expect(() => lifecycle.gate(at('/.well-known/jwks.json'))).not.toThrow();
  expect(() => lifecycle.gate(at('/auth/login'))).toThrow('The service is starting');
});
