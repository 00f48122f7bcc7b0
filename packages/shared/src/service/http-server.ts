import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** Node's server with limits: slow headers are cut off after 15 s, a whole request after 5 minutes, 16 KiB of headers, strict parsing. */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(
    {
      keepAliveTimeout: 65_000,
      headersTimeout: 15_000,
      requestTimeout: 300_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 16 * 1024,
      insecureHTTPParser: false,
      noDelay: true,
    },
    listener,
  );
  server.maxRequestsPerSocket = 0;
  return server;
}

/** Resolves when the port is open; rejects when it is taken or not allowed. */
export function openPort(server: Server, address: { host: string; port: number }): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      const { port } = server.address() as AddressInfo;
      const host = address.host.includes(':') ? `[${address.host}]` : address.host;
      resolve({ url: `http://${host}:${port}`, port });
    });
  });
}

/** Takes no new connections, cuts what is still open (WebSockets too), resolves when all are gone. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    for (const socket of upgraded.get(server) ?? []) socket.destroy();
  });
}

/** Node forgets sockets that were upgraded, but waits for them when it closes. */
const upgraded = new WeakMap<Server, Set<Duplex>>();

function rememberUpgrades(server: Server): void {
  const sockets = new Set<Duplex>();
  upgraded.set(server, sockets);
  server.on('upgrade', (_req, socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
}

/** Hands upgrade requests to a listener, and lets `closeServer` find their sockets. */
export function onUpgrade(server: Server, listener: (req: IncomingMessage, socket: Duplex, head: Buffer) => void): void {
  rememberUpgrades(server);
  server.on('upgrade', listener);
}
