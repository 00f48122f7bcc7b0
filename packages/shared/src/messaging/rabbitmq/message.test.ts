import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventOf } from '../event.ts';
import { messageOf, packable, parcelOf, readMessage } from './message.ts';

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
  expect(arrived(parcelOf([{ id, routingKey, content }]).content)).toEqual([{ kind: 'event', event }]);
});

test('an event that no broker would take is refused before it costs the channel', () => {
  expect(() => messageOf(noted('x'.repeat(17 * 1024 * 1024)))).toThrow(RangeError);
});

test('of a message that can not be read only the beginning is kept, and its size', () => {
  const what = { length: 100_000, text: 'x'.repeat(64 * 1024) };
  expect(arrived('x'.repeat(100_000))).toEqual([{ kind: 'poison', what, reason: 'the message is not JSON' }]);
});

test.each([
  ['', 'poison'],
  ['null', 'poison'],
  ['[]', 'poison'],
  ['{"type":5}', 'poison'],
  ['{"type":"test.other"}', 'poison'],
  ['{"type":"test.noted"}', 'event'],
])('%s is %s', (content, kind) => {
  expect(arrived(content).map((arrival) => arrival.kind)).toEqual([kind]);
});

test('what a binding of the past brings is passed over, but not what was put into the queue by hand', () => {
  expect(arrived('{"type":"test.other"}', 'test.other')).toEqual([{ kind: 'unwanted', type: 'test.other' }]);
  expect(arrived('{"type":"test.other"}', 'commonpurse.reader', '')[0]?.kind).toBe('poison');
});

test('several events of one type travel in one parcel and are told apart again', () => {
  const events = ['milk', 'bread, [eggs]', '"'].map(noted);
  const messages = events.map(messageOf);
  const { routingKey, content, contentType } = parcelOf(packable(messages));
  expect([routingKey, contentType]).toEqual(['test.noted', 'application/cloudevents-batch+json; charset=utf-8']);
  expect(arrived(content)).toEqual(events.map((event) => ({ kind: 'event', event })));
  expect(arrived('[{"type":"test.noted"},5,{"type":"test.other"}]').map(({ kind }) => kind)).toEqual(['event', 'poison', 'poison']);
});

test('a parcel ends before another type, at 64 events, and before it is too large', () => {
  const message = (routingKey: string, bytes: number) => ({ id: 'a', routingKey, content: Buffer.alloc(bytes) });
  const many = (count: number, bytes: number) => Array.from({ length: count }, () => message('a', bytes));
  expect(packable([...many(3, 10), message('b', 10), ...many(3, 10)])).toHaveLength(3);
  expect(packable(many(90, 10))).toHaveLength(64);
  expect(packable(many(50, 100_000))).toHaveLength(2);
  expect(packable(many(2, 1_000_000))).toHaveLength(1);
  expect(packable([])).toEqual([]);
});
