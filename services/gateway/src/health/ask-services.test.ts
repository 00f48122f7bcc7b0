import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthOf } from '@commonpurse/shared/service';
import { expect, test } from '@jest/globals';
import { askServices } from './ask-services.ts';

const well = async (): Promise<null> => null;
const silent = (): Promise<never> => new Promise(() => {});

test('A service whose store says nothing is heard, and the store is named', async () => {
  const deps = { documents: { health: silent }, bus: { health: well }, cache: { health: well } } as unknown as Parameters<
    typeof healthOf
  >[0]['deps'];
  const health = healthOf({ name: 'records', deps, parts: {}, isReady: () => true });
  const server = createServer((_, res) => void health().then((told) => res.end(JSON.stringify(told)))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answers = await askServices((service) => (service === 'records' ? [url] : []));
  server.close();
  expect(answers.get('records')).toMatchObject([{ ready: false, parts: { store: expect.stringMatching(/^no answer within/), bus: 'ok' } }]);
});
