import type { IncomingMessage, ServerResponse } from 'node:http';
import { closeServer, createHttpServer, openPort } from './http-server.ts';
import { createProcessMetrics, exposeMetrics, type MetricsSource } from './metrics.ts';
import type { Service } from './service.ts';

export interface AdminServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

interface AdminAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** The operator's port, never routed by the gateway: `/metrics` (Prometheus; the process's own and every service's), `/health/live`,
 *  `/health/ready` (200 only when every service of this process is ready). */
export async function openAdminServer(options: {
  readonly host: string;
  readonly port: number;
  /** Those there are now: the port is open before the first one is. */
  readonly services: () => readonly (Pick<Service, 'health'> & { readonly metrics: MetricsSource })[];
}): Promise<AdminServer> {
  const own = createProcessMetrics();
  const pages: Readonly<Record<string, () => Promise<AdminAnswer>>> = {
    '/metrics': async () => ({ status: 200, ...(await exposeMetrics([own, ...options.services().map(({ metrics }) => metrics)])) }),
    '/health/live': async () => json(200, { status: 'live' }),
    '/health/ready': async () => {
      const services = await Promise.all(options.services().map((service) => service.health()));
      return json(services.every(({ ready }) => ready) ? 200 : 503, { services });
    },
  };
  const server = createHttpServer((req, res) => void answer(pages, req, res));
  const { url, port } = await openPort(server, options, { host: 'ADMIN_PORT', port: 'ADMIN_PORT' });
  return { url, port, close: () => closeServer(server) };
}

const json = (status: number, body: unknown): AdminAnswer => ({ status, contentType: 'application/json', text: JSON.stringify(body) });

async function answer(
  pages: Readonly<Record<string, () => Promise<AdminAnswer>>>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const page = req.method === 'GET' ? pages[(req.url ?? '').split('?')[0]!] : undefined;
  const { status, contentType, text } = await (page?.() ?? Promise.resolve(json(404, { error: 'not found' }))).catch(() =>
    json(500, { error: 'could not be told' }),
  );
  res.writeHead(status, { 'Content-Type': contentType, 'Cache-Control': 'no-store' }).end(text);
}
