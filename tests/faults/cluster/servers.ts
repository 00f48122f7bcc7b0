import { openSystemGround, type ServerFaults, type ServerName, serverFaults } from '@commonpurse/shared/testing/servers';
import { type Broker, openBroker } from './broker.ts';

export const serverNames = ['mongodb', 'rabbitmq', 'redis'] as const satisfies readonly ServerName[];
export type { ServerName };

/** The servers that a cluster runs on, with databases, keys and a virtual host of its own. */
export interface Servers {
  readonly urls: Readonly<Record<ServerName, string>>;
  /** Its databases are `<database>-<service>`. */
  readonly database: string;
  /** null: nobody may take them down, so those faults are left out. */
  readonly faults: ServerFaults | null;
  readonly broker: Broker;
  close(): Promise<void>;
}

/** Those of the environment; taken down only where `SERVERS_CTL` says how. */
export async function openServers(): Promise<Servers> {
  const management = process.env['RABBITMQ_MANAGEMENT_URL'];
  if (!management) throw new Error('RABBITMQ_MANAGEMENT_URL is not set: a run makes a virtual host of its own');
  const { variables, drop } = await openSystemGround();
  return {
    urls: { mongodb: variables.MONGODB_URL, rabbitmq: variables.RABBITMQ_URL, redis: variables.REDIS_URL },
    database: variables.MONGODB_DATABASE,
    faults: process.env['SERVERS_CTL'] ? serverFaults() : null,
    broker: openBroker(management, new URL(variables.RABBITMQ_URL).pathname.slice(1)),
    close: drop,
  };
}
