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

/** What goes to the broker as one. */
interface Parcel {
  readonly routingKey: string;
  readonly content: Buffer;
  readonly contentType: string;
}

/** CloudEvents' batch mode for several; all are of the first one's type. */
export function parcelOf(messages: readonly OutMessage[]): Parcel {
  const { routingKey, content } = messages[0] as OutMessage;
  if (messages.length === 1) return { routingKey, content, contentType: 'application/cloudevents+json; charset=utf-8' };
  const parts = messages.flatMap((message, at) => [at === 0 ? opening : comma, message.content]);
  return { routingKey, content: Buffer.concat([...parts, closing]), contentType: 'application/cloudevents-batch+json; charset=utf-8' };
}
const [opening, comma, closing] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')];

/** How many of these, from the first one on, make one parcel: of the first one's type, and not too large together. */
export function packable(messages: Iterable<OutMessage>): OutMessage[] {
  const packed: OutMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    bytes += message.content.length;
    const fits =
      packed.length === 0 || (message.routingKey === packed[0]?.routingKey && bytes <= parcelBytesMax && packed.length < parcelMax);
    if (!fits) break;
    packed.push(message);
  }
  return packed;
}
/** An instance gets a parcel as a whole: larger ones would pay little more and share the work out badly. */
const parcelMax = 64;
const parcelBytesMax = 256 * 1024;

/** What one thing in a message turned out to be. `unwanted`: an event of a type that this consumer once subscribed to, or that another version
 *  of it does. */
export type Arrival =
  | { readonly kind: 'event'; readonly event: unknown }
  | { readonly kind: 'unwanted'; readonly type: string }
  | { readonly kind: 'poison'; readonly what: unknown; readonly reason: string };

/** Everything in a message, one after the other; never nothing.
 *  @param takes whether the consumer has a handler for this type */
export function readMessage({ content, fields }: Pick<Message, 'content' | 'fields'>, takes: (type: string) => boolean): Arrival[] {
  const text = content.toString('utf8');
  const parsed = parse(text);
  if (parsed === undefined) return [{ kind: 'poison', what: kept(text), reason: 'the message is not JSON' }];
  if (!Array.isArray(parsed) || parsed.length === 0) return [judge(parsed, text, fields, takes)];
  return parsed.map((each: unknown) => judge(each, JSON.stringify(each), fields, takes));
}

function judge(event: unknown, text: string, fields: Message['fields'], takes: (type: string) => boolean): Arrival {
  const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
  if (typeof type !== 'string') return { kind: 'poison', what: kept(text), reason: 'the message is JSON, but no event' };
  if (takes(type)) return { kind: 'event', event };
  if (fields.exchange === '' || takes(fields.routingKey)) {
    return { kind: 'poison', what: kept(text), reason: `nobody here wants ${type}, and yet it came as ${fields.routingKey}` };
  }
  return { kind: 'unwanted', type };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const kept = (text: string): { length: number; text: string } => ({ length: text.length, text: text.slice(0, keptMax) });
