import { connect } from 'amqplib';
import { openManagement, serverUrl } from '../../../testing/servers/index.ts';

/** A virtual host of a test's own on a real RabbitMQ, and what an operator can do there. */
export interface Vhost {
  /** AMQP URL of the virtual host. */
  readonly url: string;
  /** Messages that wait for a consumer; null: there is no such queue. */
  waiting(queue: string): Promise<number | null>;
  /** How a queue or the exchange of events was declared. */
  declared(what: 'queues' | 'exchanges', name: string): Promise<unknown>;
  /** The names of all queues there are. */
  queues(): Promise<string[]>;
  /** A durable queue, bound to the events whose types match. */
  declareQueue(name: string, args: Readonly<Record<string, unknown>>, types?: string): Promise<void>;
  deleteQueue(name: string): Promise<void>;
  declareExchange(type: string): Promise<void>;
  deleteExchange(): Promise<void>;
  /** The queue is bound to this type no more. */
  unbind(queue: string, type: string): Promise<void>;
  /** Puts a message of any content into the exchange; `exchange` '' is the one that leads to the queue of the routing key's name. */
  send(routingKey: string, content: string | Buffer, exchange?: string): Promise<void>;
  /** Gone, with everything in it and everybody on it. */
  drop(): Promise<void>;
  /** There again, empty. */
  make(): Promise<void>;
}

const events = 'commonpurse.events';
let made = 0;

/** Made anew, empty. */
export async function openVhost(purpose: string): Promise<Vhost> {
  made += 1;
  const url = new URL(serverUrl('rabbitmq'));
  const name = `test-${purpose}-${process.pid}-${made}`;
  url.pathname = `/${name}`;
  const manage = openManagement(process.env['RABBITMQ_MANAGEMENT_URL'] ?? '', url.username || 'guest');
  const drop = async (): Promise<void> => void (await manage('DELETE', `/vhosts/${name}`));
  const make = async (): Promise<void> => {
    await manage('PUT', `/vhosts/${name}`);
    await manage('PUT', `/permissions/${name}/${url.username || 'guest'}`, { configure: '.*', write: '.*', read: '.*' });
  };
  await drop();
  await make();
  return {
    url: url.href,
    waiting: async (queue) => {
      const connection = await connect(url.href);
      const channel = await connection.createChannel();
      // its own end is what a missing queue answers with
      channel.on('error', () => undefined);
      const found = await channel.checkQueue(queue).catch(() => null);
      await connection.close();
      return found?.messageCount ?? null;
    },
    queues: async () => ((await manage('GET', `/queues/${name}`)) as { name: string }[]).map((queue) => queue.name),
    declared: (what, of) => manage('GET', `/${what}/${name}/${of}`),
    declareQueue: async (queue, args, types) => {
      await manage('PUT', `/queues/${name}/${queue}`, { durable: true, arguments: args });
      if (types !== undefined) await manage('POST', `/bindings/${name}/e/${events}/q/${queue}`, { routing_key: types });
    },
    deleteQueue: async (queue) => void (await manage('DELETE', `/queues/${name}/${queue}`)),
    declareExchange: async (type) => void (await manage('PUT', `/exchanges/${name}/${events}`, { type, durable: true })),
    deleteExchange: async () => void (await manage('DELETE', `/exchanges/${name}/${events}`)),
    unbind: async (queue, type) => void (await manage('DELETE', `/bindings/${name}/e/${events}/q/${queue}/${type}`)),
    send: async (routingKey, content, exchange = events) => {
      const payload = Buffer.from(content).toString('base64');
      const message = { routing_key: routingKey, payload, payload_encoding: 'base64', properties: {} };
      await manage('POST', `/exchanges/${name}/${exchange || 'amq.default'}/publish`, message);
    },
    drop,
    make,
  };
}
