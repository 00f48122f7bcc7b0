import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenApart } from '../../../testing/free-port.ts';

/** Stands between a client and a server and does what networks do. */
export interface TcpProxy {
  /** The server's URL, with the proxy in its place. */
  readonly url: string;
  /** Resets every connection there is; new ones are served. */
  reset(): void;
  /** Resets every connection, and refuses new ones until it heals. */
  refuse(): Promise<void>;
  /** What the server says is held back. What clients say still arrives; nobody is told. */
  mute(): void;
  /** Nothing passes either way, and nobody is told. */
  blackhole(): void;
  /** Everything passes again, also what was held back. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}
type Side = keyof Pair;

/** @param target the URL of the server; the host and port in it are where the proxy sends everything */
export async function tcpProxy(target: string): Promise<TcpProxy> {
  const { host, port } = addressIn(target);
  const pairs = new Set<Pair>();
  let muted: readonly Side[] = [];
  const settle = (pair: Pair): void => {
    for (const side of ['client', 'server'] as const) {
      if (muted.includes(side)) pair[side].pause();
      else pair[side].resume();
    }
  };
  const mute = (...sides: Side[]): void => {
    muted = sides;
    pairs.forEach(settle);
  };
  const listener = createServer((client) => {
    const pair: Pair = { client, server: connect(port, host) };
    pairs.add(pair);
    join(pair, () => pairs.delete(pair));
    settle(pair);
  });
  const own = await listenApart(listener);
  const reset = (): void => pairs.forEach(({ client, server }) => [client, server].forEach(cut));
  const refuse = async (): Promise<void> => {
    if (!listener.listening) return;
    listener.close();
    reset();
    await once(listener, 'close');
  };
  return {
    url: target.replace(`${host}:${port}`, `127.0.0.1:${own}`),
    reset,
    refuse,
    mute: () => mute('server'),
    blackhole: () => mute('client', 'server'),
    heal: async () => {
      mute();
      if (listener.listening) return;
      listener.listen(own, '127.0.0.1');
      await once(listener, 'listening');
    },
    close: refuse,
  };
}

/** A reset; of a connection that is being made or ended already, that would fail and leave the handle open. */
function cut(socket: Socket): void {
  if (socket.connecting || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function join({ client, server }: Pair, onEnd: () => void): void {
  const ways = [
    [client, server],
    [server, client],
  ] as const;
  for (const [from, to] of ways) {
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
