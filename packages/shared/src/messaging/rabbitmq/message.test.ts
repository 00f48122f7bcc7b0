import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventOf } from '../event.ts';
import { messageOf, readMessage } from './message.ts';

const Noted = { type: 'test.noted', source: 'test', schema: z.strictObject({ text: z.string() }) };
const noted = (text: string) =>
  eventOf(Noted, { subject: 'a', version: 1, time: '2026-01-15T12:00:00.000Z', correlationid: 'r', actor: 'u', data: { text } });
const takes = (type: string): boolean => type === Noted.type;
const arrived = (content: Buffer | string, routingKey = Noted.type, exchange = 'commonpurse.events') =>
  readMessage({ content: Buffer.from(content), fields: { deliveryTag: 1, redelivered: false, exchange, routingKey } }, takes);

test('an event comes through as it was, routed by its type', () => {
  const event = noted('Käse 🧀');
  const { id, routingKey, content } = messageOf(event);
  expect([id, routingKey]).toEqual([event.id, 'test.noted']);
  expect(arrived(content)).toEqual({ kind: 'event', event });
});

test('an event that no broker would take is refused before it costs the channel', () => {
  expect(() => messageOf(noted('x'.repeat(17 * 1024 * 1024)))).toThrow(RangeError);
});

test('of a message that can not be read only the beginning is kept, and its size', () => {
  const what = { bytes: 100_000, text: 'x'.repeat(64 * 1024) };
  expect(arrived('x'.repeat(100_000))).toEqual({ kind: 'poison', what, reason: 'the message is not JSON' });
});

test.each([
  ['', 'poison'],
  ['null', 'poison'],
  ['{"type":5}', 'poison'],
  ['{"type":"test.other"}', 'poison'],
  ['{"type":"test.noted"}', 'event'],
])('%s is %s', (content, kind) => {
  expect(arrived(content).kind).toBe(kind);
});

test('what a binding of the past brings is passed over, but not what was put into the queue by hand', () => {
  expect(arrived('{"type":"test.other"}', 'test.other')).toEqual({ kind: 'unwanted', type: 'test.other' });
  expect(arrived('{"type":"test.other"}', 'commonpurse.reader', '').kind).toBe('poison');
});
