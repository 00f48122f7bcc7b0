import type { Channel } from 'amqplib';

/** Every event of the system goes through here, by its type. */
export const exchange = 'commonpurse.events';

export const queueOf = (consumer: string): string => `commonpurse.${consumer}`;

const dayMs = 86_400_000;

/** Redeclaring a queue with other arguments is refused by the broker: a change here needs the queues deleted first, which costs nothing but
 *  a reading of the feeds. */
const queueArguments: Readonly<Record<string, string | number>> = {
  'x-queue-type': 'quorum',
  // The broker must not drop what was given back often: only the consumer's own parking ends an event's way.
  'x-delivery-limit': -1,
  // Of a consumer that is gone for good; one that comes back finds in the feeds what it missed.
  'x-expires': 14 * dayMs,
};

type Declaring = Pick<Channel, 'assertExchange' | 'assertQueue' | 'bindQueue'>;

export const declareExchange = async (channel: Declaring): Promise<void> =>
  void (await channel.assertExchange(exchange, 'topic', { durable: true }));

/** The consumer's queue, there and bound to every type it wants. Bindings to types that it no longer wants stay, and what they bring is
 *  acknowledged unread: another version of the same consumer may still want it from this queue. */
export async function declareQueue(channel: Declaring, consumer: string, types: readonly string[]): Promise<string> {
  await declareExchange(channel);
  const { queue } = await channel.assertQueue(queueOf(consumer), { durable: true, arguments: queueArguments });
  await bindTo(channel, queue, types);
  return queue;
}

export async function bindTo(channel: Pick<Channel, 'bindQueue'>, queue: string, routingKeys: readonly string[]): Promise<void> {
  for (const routingKey of routingKeys) await channel.bindQueue(queue, exchange, routingKey);
}

/** Under this key those who want a type are told that something of it was published and came back. */
export const returnedKeyOf = (type: string): string => `returned.${type}`;

/** Under this one a consumer hears from itself. */
export const watchKeyOf = (id: string): string => `watch.${id}`;

/** Whether it is one of those two, and no type of event. */
export const isAside = (routingKey: string): boolean => /^(returned|watch)\./.test(routingKey);
