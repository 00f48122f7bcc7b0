import { createServer } from 'node:http';
import type { RequestListener, Server, ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Longer than any answer takes to begin. */
const silentMsMax = 120_000;

/** Node's server with limits: slow headers are cut off after 15 s, a whole request after 5 minutes, 16 KiB of headers, strict parsing.
 *  @param silentMs a connection on which nothing moves for so long is cut: of an answer that nobody takes all that is left would wait for ever */
export function createHttpServer(
  listener: RequestListener,
  options: Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse' | 'shouldUpgradeCallback'> = {},
  silentMs = silentMsMax,
): Server {
  const server = createServer(
    {
      ...options,
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
  server.timeout = silentMs;
  rememberConnections(server);
  return server;
}

/** The variables that an address was read from: an error of `openPort` carries them, for whoever has to put it right. */
export interface AddressVariables {
  readonly host: string;
  readonly port: string;
}

/** How many may wait to be let in. As many as the system allows, for they come in the same moment: every open WebSocket after a restart. Who finds no
 *  place there is not told to wait, and is lost to whoever has only a moment to reach us. */
export const waitingMax = 4096;

/** Resolves when the port is open; rejects when it is taken or not allowed. */
export function openPort(
  server: Server,
  address: { host: string; port: number },
  variables: AddressVariables = { host: 'HOST', port: 'PORT' },
): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(Object.assign(error, { variables }));
    server.once('error', refuse);
    server.listen({ port: address.port, host: address.host, backlog: waitingMax }, () => {
      server.off('error', refuse);
      const { port } = server.address() as AddressInfo;
      const host = address.host.includes(':') ? `[${address.host}]` : address.host;
      resolve({ url: `http://${host}:${port}`, port });
    });
  });
}

/** Takes no new connections, and resolves when all are gone: at once those on which nothing is under way, and whoever was just let in with the answer.
 *  What is still open then (WebSockets too) is cut.
 *  @param leaveMsMax enough for an answer that is no more than a refusal */
export function closeServer(server: Server, leaveMsMax = 500): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      for (const socket of connections.get(server) ?? []) socket.destroy();
    }, leaveMsMax);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
  });
}

/** Node waits for upgraded connections when it closes, but gives no way to reach them. */
const connections = new WeakMap<Server, Set<Socket>>();

function rememberConnections(server: Server): void {
  const open = new Set<Socket>();
  connections.set(server, open);
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
}
