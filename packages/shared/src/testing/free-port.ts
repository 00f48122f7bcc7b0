import { createServer, type Server } from 'node:net';

/** Below those that the system gives to whoever asks for any, outgoing connections among them, and below those that the launcher chooses from:
 *  what is free now is not taken in passing. */
const first = 12_000;
const count = 8_000;

/** Lets a server listen on such a port of the loopback address, which it can leave and come back to; the port. */
export async function listenApart(server: Server, random: () => number = Math.random): Promise<number> {
  for (;;) {
    const port = first + Math.floor(random() * count);
    if (await listens(server, port)) return port;
  }
}

const given = new Set<number>();

/** A port of the loopback address that nobody listens on, nor is likely to; never the same twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    const port = await listenApart(server);
    await new Promise((resolve) => void server.close(resolve));
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}
