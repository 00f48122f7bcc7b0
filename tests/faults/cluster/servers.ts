import { randomUUID } from 'node:crypto';
import { type ServerFaults, type ServerName, serverFaults, serverUrl } from '@commonpurse/shared/testing/servers';
import { type Broker, openBroker } from './broker.ts';

export const serverNames = ['mongodb', 'rabbitmq', 'redis'] as const satisfies readonly ServerName[];
export type { ServerName };

/** The servers that a cluster runs on, with a virtual host of its own on the broker. */
export interface Servers {
  readonly urls: Readonly<Record<ServerName, string>>;
  /** null: nobody may take them down, so those faults are left out. */
  readonly faults: ServerFaults | null;
  readonly broker: Broker;
  close(): Promise<void>;
}

/** Those of the environment; taken down only where `SERVERS_CTL` says how. */
export async function openServers(): Promise<Servers> {
  const virtualHost = `faults-${randomUUID().slice(0, 8)}`;
  const management = process.env['RABBITMQ_MANAGEMENT_URL'];
  if (!management) throw new Error('RABBITMQ_MANAGEMENT_URL is not set: a run makes a virtual host of its own');
  const broker = openBroker(management, virtualHost);
  await broker.prepare();
  return {
    urls: { mongodb: serverUrl('mongodb'), rabbitmq: withPath(serverUrl('rabbitmq'), virtualHost), redis: serverUrl('redis') },
    faults: process.env['SERVERS_CTL'] ? serverFaults() : null,
    broker,
    close: () => broker.drop(),
  };
}

function withPath(url: string, path: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${path}`;
  return parsed.toString();
}
