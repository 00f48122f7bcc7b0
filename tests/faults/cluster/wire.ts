import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How a wire treats what goes over it: `refuse` and `reset` cut what is open; `blackhole` takes everything and hands on nothing. */
export type WireState = 'sound' | 'refuse' | 'reset' | 'blackhole' | { readonly delayMs: number };
export type Direction = 'to server' | 'to client';

/** Looks at what passes over one of the connections; true: this is the moment. */
export type Moment = (direction: Direction, bytes: Buffer, connection: number) => boolean;

/** A TCP connection between one process and one server, with a fault in it. */
export interface Wire {
  readonly port: number;
  set(state: WireState): void;
  /** Resolves at the first such moment. The bytes that made it never arrive: the wire hands on nothing more until it is set again. */
  trap(moment: Moment): Promise<void>;
  /** Forgets a trap that was not sprung. */
  disarm(): void;
  close(): Promise<void>;
}

export async function openWire(target: { readonly host: string; readonly port: number }): Promise<Wire> {
  let state: WireState = 'sound';
  let trap: { moment: Moment; sprung: () => void } | null = null;
  let connections = 0;
  const sockets = new Set<Socket>();

  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  /** Whether these bytes may go on. */
  const passes = (direction: Direction, bytes: Buffer, connection: number): boolean => {
    if (trap?.moment(direction, bytes, connection)) {
      state = 'blackhole';
      trap.sprung();
      trap = null;
    }
    return state !== 'blackhole';
  };
  const carry = (from: Socket, to: Socket, direction: Direction, connection: number): void => {
    sockets.add(from);
    from.on('data', (bytes) => {
      if (!passes(direction, bytes, connection)) return;
      const send = (): void => void (to.destroyed || to.write(bytes));
      if (typeof state === 'object') setTimeout(send, state.delayMs).unref();
      else send();
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer({ noDelay: true }, (client) => {
    if (state === 'refuse' || state === 'reset') return void client.resetAndDestroy();
    const upstream = connect({ ...target, noDelay: true });
    connections += 1;
    carry(client, upstream, 'to server', connections);
    carry(upstream, client, 'to client', connections);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      state = next;
      if (next === 'refuse' || next === 'reset') cut();
      if (next === 'reset') state = 'sound';
    },
    trap: (moment) => new Promise((sprung) => (trap = { moment, sprung })),
    disarm: () => void (trap = null),
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
