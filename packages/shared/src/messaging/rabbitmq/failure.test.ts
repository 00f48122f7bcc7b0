import { describe, expect, test } from '@jest/globals';
import { addressOf } from './address.ts';
import { BrokerUnavailable, channelFailure, connectFailure } from './failure.ts';

const address = addressOf('amqp://jo:s3cret@broker/shop');
const failed = (message: string, code?: string): Error => Object.assign(new Error(message), code !== undefined && { code });

describe('what a failure to connect means', () => {
  test.each([
    ['connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED', false, 'can not be reached: connect ECONNREFUSED'],
    ['getaddrinfo EAI_AGAIN broker', 'EAI_AGAIN', false, 'can not be reached'],
    ['connect ETIMEDOUT', undefined, false, 'accepts connections and does not answer'],
    ['Socket closed abruptly during opening handshake', undefined, false, 'hangs up at once'],
    ['Handshake terminated by server: 403 (ACCESS-REFUSED) with message "x"', undefined, true, 'refuses the user jo'],
    ['Handshake terminated by server: 506 (RESOURCE-ERROR) with message "x"', undefined, false, 'does not let us in'],
    ['Expected ConnectionOpenOk; got <ConnectionClose channel:0>', undefined, false, 'virtual host shop: create it'],
    ['Frame size 543712620 exceeds maxFrameSize 67108864', undefined, true, 'does not speak AMQP 0-9-1'],
    ['wrong version number\nmore', 'ERR_SSL_WRONG_VERSION_NUMBER', true, 'no TLS connection'],
    ['self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', true, 'no TLS connection'],
  ])('%s', (message, code, permanent, line) => {
    const failure = connectFailure(failed(message, code), address);
    expect(failure.message).toMatch(/^RabbitMQ at broker:5672, virtual host shop[^\n]*$/);
    expect(failure.message).toContain(line);
    expect(failure.permanent).toBe(permanent);
  });

  test('of several addresses the last one tells', () => {
    const both = new AggregateError([failed('connect ENETUNREACH ::1', 'ENETUNREACH'), failed('connect ECONNREFUSED', 'ECONNREFUSED')]);
    expect(connectFailure(both, address)).toMatchObject({ permanent: false, message: expect.stringContaining('ECONNREFUSED') });
  });

  test('whatever was thrown is told', () => {
    expect(connectFailure('odd', address).message).toContain('(odd)');
    expect(connectFailure({ code: 'ODD' }, address).message).toContain('(ODD)');
  });
});

describe('what a failure on a channel means', () => {
  test.each([
    ['406', true],
    ['403', true],
    ['404', false],
  ])('%s', (code, permanent) => {
    const failure = channelFailure(
      failed(`Operation failed: QueueDeclare; ${code} (X) with message "X - as it is"`, code),
      'the consumer a',
    );
    expect(failure).toMatchObject({ permanent, message: 'the consumer a: X - as it is' });
  });

  test('what is told already stays as it is', () => {
    const told = new BrokerUnavailable('closed', { permanent: true });
    expect(channelFailure(told, 'the consumer a')).toBe(told);
    expect(channelFailure(failed('Channel ended'), 'the consumer a').message).toBe('the consumer a: Channel ended');
  });
});
