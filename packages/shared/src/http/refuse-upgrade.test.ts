import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { Refusal } from './refusal.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';

test('an upgrade that is refused gets the problem as a plain answer, and the connection ends', async () => {
  const [socket, client] = duplexPair();
  const refusal = new Refusal('service-unavailable', 'Später', { headers: { 'Retry-After': '1' } });
  refuseUpgrade(socket, refusal, 'mine', { 'X-Request-Id': 'mine' });
  const [head, body] = (await buffer(client)).toString().split('\r\n\r\n') as [string, string];
  expect(head.split('\r\n')).toEqual([
    'HTTP/1.1 503 Service Unavailable',
    'Retry-After: 1',
    'X-Request-Id: mine',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]);
  expect(JSON.parse(body)).toMatchObject({ status: 503, code: 'service-unavailable', detail: 'Später', requestId: 'mine' });
});

test('who is refused an upgrade and does not go is cut off, whatever else they say', async () => {
  const [socket, client] = duplexPair();
  client.write('more');
  refuseUpgrade(socket, new Refusal('rate-limited', 'Too many'), 'mine', {}, 20);
  await once(socket, 'close');
  expect((await buffer(client)).toString()).toContain('429');
});
