import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server and does what networks do. */
export interface TcpProxy {
  /** The server's URL, with the proxy in its place. */
  readonly url: string;
  /** Resets every connection there is; new ones are served. */
  reset(): void;
  /** Nothing passes either way any more, and nobody is told. */
  blackhole(): void;
  /** Everything passes again: also what was held back. */
  heal(): void;
  /** What the server answers is held back; what the client says passes. */
  muteServer(): void;
  /** Resets every connection, and refuses new ones from now on. */
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** @param target the URL of the server; the host and port in it are where the proxy sends everything */
export async function tcpProxy(target: string): Promise<TcpProxy> {
  const { host, port } = addressIn(target);
  const pairs = new Set<Pair>();
  let mutes: Partial<Record<keyof Pair, boolean>> = {};
  const settle = (pair: Pair): void => {
    for (const side of ['client', 'server'] as const) {
      if (mutes[side]) pair[side].pause();
      else pair[side].resume();
    }
  };
  const mute = (sides: typeof mutes): void => {
    mutes = sides;
    pairs.forEach(settle);
  };
  const listener = createServer((client) => {
    const pair: Pair = { client, server: connect(port, host) };
    pairs.add(pair);
    join(pair, () => pairs.delete(pair));
    settle(pair);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const reset = (): void => pairs.forEach(({ client, server }) => [client, server].forEach((socket) => socket.resetAndDestroy()));
  return {
    url: target.replace(`${host}:${port}`, `127.0.0.1:${(listener.address() as AddressInfo).port}`),
    reset,
    blackhole: () => mute({ client: true, server: true }),
    muteServer: () => mute({ server: true }),
    heal: () => mute({}),
    close: async () => {
      if (!listener.listening) return;
      reset();
      listener.close();
      await once(listener, 'close');
    },
  };
}

function join({ client, server }: Pair, onEnd: () => void): void {
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => to.write(chunk));
    from.on('error', () => {});
    from.on('close', () => {
      to.destroy();
      onEnd();
    });
  }
}

function addressIn(url: string): { host: string; port: number } {
  const [, host, port] = /^[^/]+\/\/(?:[^@/]*@)?([^:/?]+):(\d+)/.exec(url) ?? [];
  if (host === undefined || port === undefined) throw new Error('the URL names no host and port');
  return { host, port: Number(port) };
}
