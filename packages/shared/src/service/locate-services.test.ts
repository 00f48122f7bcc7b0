import { describe, expect, test } from '@jest/globals';
import { fakeClock } from '../testing/fake-clock.ts';
import { createLocator } from './locate-services.ts';
import type { ServiceName } from './peers.ts';

const urlsOf =
  (urls: Partial<Record<ServiceName, readonly string[]>>) =>
  (service: ServiceName): readonly string[] =>
    urls[service] ?? [];
const turns = async (): Promise<void> => {
  for (let n = 0; n < 5; n += 1) await new Promise(setImmediate);
};

describe('Where instances are', () => {
  test('is every address of a name, looked up again and again', async () => {
    const clock = fakeClock();
    const addresses: Record<string, string[]> = { records: ['10.0.0.2', '10.0.0.1'], auth: ['fd00::1'] };
    const resolve = async (host: string): Promise<string[]> => addresses[host] ?? Promise.reject(new Error(`ENOTFOUND ${host}`));
    const urls = urlsOf({ records: ['http://records:8080'], auth: ['http://auth'], budgets: ['http://budgets:1'] });
    const locator = createLocator({ urls, clock, resolve });
    expect(locator.urls('records')).toEqual(['http://records:8080']);
    await locator.start();
    expect(locator.urls('records')).toEqual(['http://10.0.0.1:8080', 'http://10.0.0.2:8080']);
    expect([locator.urls('auth'), locator.urls('budgets'), locator.urls('notifications')]).toEqual([
      ['http://[fd00::1]'],
      ['http://budgets:1'],
      [],
    ]);
    addresses['records'] = ['10.0.0.3'];
    delete addresses['auth'];
    clock.advance(2_000);
    await turns();
    expect(locator.urls('records')).toEqual(['http://10.0.0.3:8080']);
    expect(locator.urls('auth')).toEqual(['http://[fd00::1]']);
    await locator.stop();
    addresses['records'] = ['10.0.0.4'];
    clock.advance(2_000);
    await turns();
    expect(locator.urls('records')).toEqual(['http://10.0.0.3:8080']);
  });

  test('is what was configured, where that is addresses', async () => {
    const resolve = (): Promise<never> => Promise.reject(new Error('nobody asks'));
    const urls = urlsOf({ records: ['http://127.0.0.1:1', 'http://[::1]:2', 'http://localhost:3'] });
    const locator = createLocator({ urls, clock: fakeClock(), resolve });
    await locator.start();
    expect(locator.urls('records')).toEqual(urls('records'));
    await locator.stop();
  });

  test('comes from the system', async () => {
    const urls = urlsOf({ auth: ['http://localhost.:9'] });
    const locator = createLocator({ urls, clock: fakeClock() });
    await locator.start();
    expect(locator.urls('auth')).toEqual([expect.stringMatching(/^http:\/\/(127\.0\.0\.1|\[::1\]|localhost\.):9$/)]);
    await locator.stop();
  });
});
