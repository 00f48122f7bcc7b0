import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { clientOf } from './client.ts';

const from = (remoteAddress: string | undefined, told?: string | string[]) =>
  clientOf({
    requestId: 'r',
    raw: { headers: { 'x-client-address': told }, socket: { remoteAddress } } as unknown as IncomingMessage as never,
  });

describe('where a request comes from', () => {
  test.each([
    ['the gateway says so', '10.0.0.2', '203.0.113.7', '203.0.113.7', '203.0.113.7'],
    ['in IPv6', '10.0.0.2', '2001:db8:1:2::9', '2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['nobody says', '::ffff:10.0.0.2', undefined, '10.0.0.2', '10.0.0.2'],
    ['what is said is no address', '10.0.0.2', 'evil\r\nx: y', '10.0.0.2', '10.0.0.2'],
    ['it is said twice', '10.0.0.2', ['1.2.3.4', '5.6.7.8'], '10.0.0.2', '10.0.0.2'],
    ['the connection is gone already', undefined, undefined, '', ''],
  ])('when %s', (_what, socket, told, ip, network) => {
    expect(from(socket, told)).toEqual({ ip, network, requestId: 'r' });
  });
});
