import { randomUUID } from 'node:crypto';
import type { Clock } from '../../service/clock.ts';
import { closeWithin, type Connection } from './connection.ts';
import { channelFailure } from './failure.ts';
import { bindTo, declareExchange, exchange, queueOf, returnedKeyOf, watchKeyOf } from './topology.ts';

export interface BindingsWatchOptions {
  readonly connection: Pick<Connection, 'createChannel'>;
  readonly consumer: string;
  readonly types: readonly string[];
  /** Whether anything that is published under this key now reaches a queue; rejects when that can't be said. */
  readonly reaches: (routingKey: string) => Promise<boolean>;
  readonly clock: Clock;
  /** Told when the consumer may not get everything that it wants: its bindings have to be declared again, and what it missed read. */
  readonly cut: (why: string) => void;
}

/** The broker tells a consumer when its queue is deleted. Of the exchange, and of bindings, it says nothing: the queue only stays empty. So
 *  each consumer has a second queue, of its own alone, that goes with the exchange too. It notices when nothing gets there any more, and
 *  whoever publishes tells there of types that nobody was bound to. */
interface BindingsWatch {
  /** Looks now; it does so every five seconds anyway. */
  look(): void;
  close(): Promise<void>;
}

const lookEveryMs = 5_000;

export async function watchBindings({ connection, consumer, types, reaches, clock, cut }: BindingsWatchOptions): Promise<BindingsWatch> {
  const closing = new AbortController();
  const id = randomUUID();
  const channel = await connection.createChannel();
  channel.on('error', (error) => cut(channelFailure(error, 'the channel that watches its bindings').message));
  channel.on('close', () => {
    closing.abort();
    cut('the channel that watches its bindings was closed');
  });
  await declareExchange(channel);
  const { queue } = await channel.assertQueue(`${queueOf(consumer)}.watch.${id}`, { exclusive: true, durable: false, autoDelete: true });
  await bindTo(channel, queue, [watchKeyOf(id), ...types.map(returnedKeyOf)]);
  const take = (routingKey: string | undefined): void => {
    if (routingKey === undefined) cut(`the queue ${queue} was deleted`);
    else if (routingKey !== watchKeyOf(id)) cut(`no queue was bound to a type that it wants: ${routingKey}`);
  };
  await channel.consume(queue, (message) => take(message?.fields.routingKey), { noAck: true, exclusive: true });
  const look = async (): Promise<void> => {
    const reached = await reaches(watchKeyOf(id)).catch(() => true);
    if (!reached && !closing.signal.aborted) cut(`the exchange ${exchange} was deleted, or bindings to it were`);
  };
  const keepLooking = async (): Promise<void> => {
    for (;;) {
      await clock.delay(lookEveryMs, closing.signal);
      if (closing.signal.aborted) return;
      await look();
    }
  };
  void keepLooking();
  return {
    look: () => void look(),
    async close() {
      closing.abort();
      await closeWithin(clock, () => channel.close());
    },
  };
}
