import { describe, expect, test } from '@jest/globals';
import { clientAddress, trustedProxies } from './client-address.ts';

describe('the client address', () => {
  const none = trustedProxies([]);
  const proxies = trustedProxies(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);
  test('is the socket address when nobody is trusted, whatever the header claims', () => {
    expect(clientAddress('203.0.113.9', '1.2.3.4, 5.6.7.8', none)).toBe('203.0.113.9');
  });
  test.each([
    ['10.1.1.1', '198.51.100.1', '198.51.100.1'],
    ['10.1.1.1', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
    ['10.1.1.1', '1.1.1.1, 198.51.100.1, 192.0.2.7', '198.51.100.1'],
    ['::ffff:10.1.1.1', '198.51.100.1', '198.51.100.1'],
    ['192.0.2.6', '198.51.100.1', '192.0.2.6'],
    ['11.1.1.1', '198.51.100.1', '11.1.1.1'],
    ['', '198.51.100.1', ''],
    ['fd00::1', '2001:db8::5', '2001:db8::5'],
    ['10.1.1.1', '198.51.100.1:4711', '198.51.100.1'],
    ['10.1.1.1', '198.51.100.1, 192.0.2.7:80', '198.51.100.1'],
    ['10.1.1.1', '[2001:db8::5]:4711', '2001:db8::5'],
    ['10.1.1.1', '[2001:db8::5]', '2001:db8::5'],
    ['10.1.1.1', '2001:db8::5:4711', '2001:db8::5:4711'],
    ['10.1.1.1', '[::ffff:198.51.100.1]:4711', '198.51.100.1'],
    ['10.1.1.1', 'nonsense:80', '10.1.1.1'],
    ['10.1.1.1', 'nonsense', '10.1.1.1'],
    ['10.1.1.1', '', '10.1.1.1'],
    ['10.1.1.1', undefined, '10.1.1.1'],
    ['10.1.1.1', '10.2.2.2', '10.2.2.2'],
  ])('behind %s saying %p is %s', (socket, header, expected) => {
    expect(clientAddress(socket, header, proxies)).toBe(expected);
  });
  test.each(['nonsense', '10.0.0.0/33', '::1/129', '10.0.0.0/x', '10.0.0.0/', '10.0.0.0/24/8'])('refuses to trust %p', (range) => {
    expect(() => trustedProxies([range])).toThrow(RangeError);
  });
});
