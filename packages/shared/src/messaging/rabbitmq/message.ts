import type { Message } from 'amqplib';
import type { DomainEvent } from '../bus.ts';

/** RabbitMQ's own limit (`max_message_size`): a larger message would cost the channel, and every confirm that is under way on it. */
const bytesMax = 16 * 1024 * 1024;

/** So much of what can't be read is kept. */
const keptMax = 64 * 1024;

export interface OutMessage {
  /** The event's id, for messages. */
  readonly id: string;
  readonly routingKey: string;
  readonly content: Buffer;
}

/** An event as a message: CloudEvents' structured mode, routed by its type. Throws a `RangeError` when no broker would take it. */
export function messageOf(event: DomainEvent): OutMessage {
  const content = Buffer.from(JSON.stringify(event));
  if (content.length > bytesMax) throw new RangeError(`${event.id} has ${content.length} bytes, more than RabbitMQ takes`);
  return { id: event.id, routingKey: event.type, content };
}

export const contentType = 'application/cloudevents+json; charset=utf-8';

/** What a message turned out to be. `unwanted`: an event of a type that this consumer once subscribed to, or that another version of it does. */
export type Arrival =
  | { readonly kind: 'event'; readonly event: unknown }
  | { readonly kind: 'unwanted'; readonly type: string }
  | { readonly kind: 'poison'; readonly what: unknown; readonly reason: string };

/** @param takes whether the consumer has a handler for this type */
export function readMessage({ content, fields }: Pick<Message, 'content' | 'fields'>, takes: (type: string) => boolean): Arrival {
  const event = parsed(content);
  if (event === undefined) return { kind: 'poison', what: kept(content), reason: 'the message is not JSON' };
  const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
  if (typeof type !== 'string') return { kind: 'poison', what: kept(content), reason: 'the message is JSON, but no event' };
  if (takes(type)) return { kind: 'event', event };
  if (fields.exchange === '' || takes(fields.routingKey)) {
    return { kind: 'poison', what: kept(content), reason: `nobody here wants ${type}, and yet it came as ${fields.routingKey}` };
  }
  return { kind: 'unwanted', type };
}

function parsed(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return undefined;
  }
}

const kept = (content: Buffer): { bytes: number; text: string } => ({
  bytes: content.length,
  text: content.subarray(0, keptMax).toString('utf8'),
});
