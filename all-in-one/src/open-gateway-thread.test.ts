import { describe, expect, test } from '@jest/globals';
import { sendRequest } from '@commonpurse/shared/testing';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { type GatewayThread, type LogLine, openGatewayThread } from './open-gateway-thread.ts';

const entry = pathToFileURL(join(import.meta.dirname, 'gateway-thread.ts'));
const internalKey = 'k'.repeat(43);

function thread(given: URL = entry): { gateway: GatewayThread; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const gateway = openGatewayThread({ env: {}, internalKey, level: 'info', write: (line) => lines.push(line), entry: given });
  return { gateway, lines };
}
const program = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`);

describe("the gateway's thread", () => {
  test('answers at its port, knows the services it was told of, and tells how it is', async () => {
    const { gateway, lines } = thread();
    const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 });
    expect(await sendRequest(url, 'GET', '/categories')).toMatchObject({ status: 503 });
    // a port of its own that answers as a service would: itself
    await gateway.meet({ auth: [url], records: [url], budgets: [url], notifications: [url] }, {});
    await gateway.start();
    expect(await gateway.health()).toEqual({ name: 'gateway', ready: true, parts: { cache: 'ok' } });
    const { status } = await sendRequest(url, 'GET', '/health/live');
    expect(status).toBe(200);
    const names = (await gateway.metrics.getMetricsAsJSON()).map(({ name }) => name);
    expect(names).toContain('http_request_duration_seconds');
    await gateway.stop();
    // it was told to end, which is no failure
    const failed = gateway.failed.then(() => 'failed');
    expect(await Promise.race([failed, new Promise((resolve) => setImmediate(resolve, 'stopped'))])).toBe('stopped');
    expect(lines.map(({ log, line }) => [log, (JSON.parse(line) as { msg: string }).msg])).toEqual([
      ['program', 'refused'],
      ['program', 'ready'],
      ['program', 'stopping'],
      ['program', 'stopped'],
    ]);
  });

  test('says which port is taken', async () => {
    const { gateway } = thread();
    const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
    const second = thread();
    await expect(second.gateway.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
    await Promise.all([gateway.stop(), second.gateway.stop()]);
  });

  test('that breaks ends what waits for it and says why; it can be stopped all the same', async () => {
    const { gateway } = thread(program('setImmediate(() => { throw new Error("broken"); })'));
    await expect(gateway.listen({ host: '127.0.0.1', port: 0 })).rejects.toThrow('broken');
    expect((await gateway.failed).message).toContain('broken');
    await gateway.stop();
  });

  test('that just ends is a failure too', async () => {
    const { gateway } = thread(program('setImmediate(() => process.exit(0))'));
    expect(await gateway.failed).toMatchObject({ message: "the gateway's thread has ended" });
  });
});
