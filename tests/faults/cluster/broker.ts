import { randomUUID } from 'node:crypto';
import { openManagement } from '@commonpurse/shared/testing/servers';

const exchange = 'commonpurse.events';
const recorder = 'faults.recorder';
interface Message {
  readonly routing_key: string;
  readonly payload: string;
  readonly payload_encoding: string;
  readonly properties: object;
}

/** What an operator, or a network that has gone mad, can do to a virtual host of the broker: by its management API. */
export interface Broker {
  /** Makes the virtual host again, once the broker has lost everything: that is for an operator to do. */
  prepare(): Promise<void>;
  /** From now on keeps a copy of what is published. */
  record(): Promise<void>;
  /** Publishes up to so many of the events that were recorded since the last time once more: late, and in another order. */
  replay(random: () => number): Promise<void>;
  /** Publishes something under the name of a record's change that no consumer can read. */
  poison(): Promise<void>;
  deleteQueue(name: string): Promise<void>;
}

export function openBroker(managementUrl: string, virtualHost: string): Broker {
  const call = openManagement(managementUrl);
  const host = encodeURIComponent(virtualHost);
  const publish = ({ routing_key, payload, payload_encoding, properties }: Message) =>
    call('POST', `/exchanges/${host}/${exchange}/publish`, { routing_key, payload, payload_encoding, properties });
  const old: Message[] = [];
  return {
    prepare: () => call('PUT', `/vhosts/${host}`),
    async record() {
      await call('PUT', `/queues/${host}/${recorder}`, { durable: true, arguments: { 'x-max-length': 1_000 } });
      await call('POST', `/bindings/${host}/e/${exchange}/q/${recorder}`, { routing_key: '#' });
    },
    async replay(random) {
      const taken = { count: 500, ackmode: 'ack_requeue_false', encoding: 'base64' };
      old.push(...((await call('POST', `/queues/${host}/${recorder}/get`, taken)) as Message[]));
      old.splice(0, Math.max(0, old.length - 1_000));
      for (let n = 0; n < 20 && old.length > 0; n += 1) await publish(old[Math.floor(random() * old.length)]!);
    },
    async poison() {
      const payload = JSON.stringify({ id: `record.changed/${randomUUID()}/1`, type: 'record.changed', source: 'records', data: 'poison' });
      await publish({
        routing_key: 'record.changed',
        payload,
        payload_encoding: 'string',
        properties: { content_type: 'application/json' },
      });
    },
    deleteQueue: (name) => call('DELETE', `/queues/${host}/${name}`),
  };
}
