import { randomUUID } from 'node:crypto';
import { type ServerFaults, type ServerName, serverFaults, serverUrl } from '@commonpurse/shared/testing/servers';

export const serverNames = ['mongodb', 'rabbitmq', 'redis'] as const satisfies readonly ServerName[];
export type { ServerName };

/** The servers that a cluster runs on, with a virtual host of its own on the broker. */
export interface Servers {
  readonly urls: Readonly<Record<ServerName, string>>;
  /** null: nobody may take them down, so those faults are left out. */
  readonly faults: ServerFaults | null;
  /** Makes again what an operator makes: the virtual host, once the broker has lost everything. */
  prepare(): Promise<void>;
  close(): Promise<void>;
}

/** Those of the environment; taken down only where `SERVERS_CTL` says how. */
export async function openServers(): Promise<Servers> {
  const name = `faults-${randomUUID().slice(0, 8)}`;
  const prepare = (): Promise<void> => manage('PUT', name);
  await prepare();
  return {
    urls: { mongodb: serverUrl('mongodb'), rabbitmq: withPath(serverUrl('rabbitmq'), name), redis: serverUrl('redis') },
    faults: process.env['SERVERS_CTL'] ? serverFaults() : null,
    prepare,
    close: () => manage('DELETE', name),
  };
}

function withPath(url: string, path: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${path}`;
  return parsed.toString();
}

async function manage(method: 'PUT' | 'DELETE', virtualHost: string): Promise<void> {
  const management = process.env['RABBITMQ_MANAGEMENT_URL'];
  if (!management) throw new Error('RABBITMQ_MANAGEMENT_URL is not set: a run makes a virtual host of its own');
  const { username, password, origin } = new URL(management);
  const authorization = `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  const answer = await fetch(`${origin}/api/vhosts/${virtualHost}`, { method, headers: { authorization } });
  if (!answer.ok && answer.status !== 404) throw new Error(`the broker's management answered ${answer.status} to ${method} ${virtualHost}`);
}

/** The same URL by way of another port of this machine. */
export function through(url: string, port: number): string {
  const parsed = new URL(url);
  parsed.hostname = '127.0.0.1';
  parsed.port = String(port);
  return parsed.toString();
}

const standardPorts: Readonly<Record<ServerName, number>> = { mongodb: 27_017, rabbitmq: 5_672, redis: 6_379 };
export const addressOf = (server: ServerName, url: string): { host: string; port: number } => {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) || standardPorts[server] };
};
