import { describe, expect, test } from '@jest/globals';
import { addressOf } from './address.ts';

describe('the address of a broker', () => {
  test.each([
    ['amqp://guest:guest@127.0.0.1:15670', '127.0.0.1:15670', { port: 15_670, username: 'guest', password: 'guest', vhost: '%2F' }],
    ['amqp://broker', 'broker:5672', { port: 5672, username: 'guest', password: 'guest', vhost: '%2F' }],
    ['amqps://broker/', 'broker:5671', { protocol: 'amqps', port: 5671, vhost: '%2F' }],
    ['amqp://broker/shop', 'broker:5672, virtual host shop', { vhost: 'shop' }],
    ['amqp://broker/%2Fshop%20a', 'broker:5672, virtual host /shop a', { vhost: '%2Fshop%20a' }],
    ['amqp://j%40x:p%C3%A4ss%3A@broker', 'broker:5672', { username: 'j@x', password: 'päss:' }],
    ['amqp://[::1]:5672/', '[::1]:5672', { hostname: '::1' }],
  ])('%s', (url, name, connect) => {
    const address = addressOf(url);
    expect(address.name).toBe(name);
    expect(address.connect).toMatchObject(connect);
  });

  test.each(['', 'broker:5672', 'http://guest:s3cret@broker', 'amqp://', 'amqp:///shop', 'amqp://guest:%zz@broker'])(
    'refuses %p in one line, without the password',
    (url) => {
      expect(() => addressOf(url)).toThrow(/^the URL of RabbitMQ [^\n]+$/);
      expect(() => addressOf(url)).not.toThrow('s3cret');
    },
  );
});
