import { createServer, connect as dial } from 'node:net';
import type { Socket } from 'node:net';
import { listenApart } from './free-port.ts';

/** `refuse`: as if the server's process had died; `reset`: accepts and resets; `blackhole`: connections stay and nothing gets through, until
 *  `pass` lets on what was held up; `mute`: the same of what the server says, which hears everything itself; a delay: every byte arrives so much
 *  later, in order. */
export type ProxyMode = 'refuse' | 'reset' | OpenMode;
/** In which connections stay open. */
type OpenMode = 'mute' | FlowMode;
type FlowMode = 'pass' | 'blackhole' | { readonly delayMs: number };

export type Direction = 'to server' | 'to client';
/** Looks at what is about to pass over one of the connections; true: this is the moment. */
export type Moment = (direction: Direction, bytes: Buffer, connection: object) => boolean;

/** Stands between a client and a real server, and breaks the connection as told. Begins with `pass`. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Pieces that wait for their delay. */
  readonly held: number;
  /** The same URL, leading through here. */
  through(url: string): string;
  /** Holds for the connections there are and for those to come; resolves when it does. */
  mode(mode: ProxyMode): Promise<void>;
  /** Resets every connection there is; those to come are served. */
  cut(): void;
  /** Writes to every client as if the server had. Between two of the server's own messages only: when it has nothing to say. */
  inject(bytes: Uint8Array): void;
  /** Resolves at the first such moment. The bytes that make it never arrive, and nothing after them does on any connection that is open then. */
  trap(moment: Moment): Promise<void>;
  /** Forgets a trap that was not sprung. */
  disarm(): void;
  close(): Promise<void>;
}

/** @param target where the server listens; of a URL only host and port count */
export async function openTcpProxy(target: string | { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const proxy = new Proxy(typeof target === 'string' ? hostAndPort(target) : target);
  await proxy.open();
  return proxy;
}

function hostAndPort(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

const host = '127.0.0.1';

class Proxy implements TcpProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  readonly #lines = new Set<Line>();
  #mode: ProxyMode = 'pass';
  #port = 0;
  #trap: { readonly moment: Moment; readonly spring: () => void } | null = null;

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
  }
  get port(): number {
    return this.#port;
  }
  get connections(): number {
    return this.#lines.size;
  }
  get held(): number {
    return [...this.#lines].reduce((sum, line) => sum + line.held, 0);
  }
  async open(): Promise<void> {
    this.#port = await listenApart(this.#server);
  }
  through(url: string): string {
    const led = new URL(url);
    led.host = `${host}:${this.#port}`;
    return led.href;
  }
  async mode(mode: ProxyMode): Promise<void> {
    this.#mode = mode;
    if (mode === 'refuse' || mode === 'reset') this.cut();
    else for (const line of this.#lines) line.setMode(mode);
    if (mode === 'refuse' && this.#server.listening) await this.#stopListening();
    if (mode !== 'refuse' && !this.#server.listening) await this.#listenAgain();
  }
  cut(): void {
    for (const line of this.#lines) line.reset();
  }
  inject(bytes: Uint8Array): void {
    for (const { client } of this.#lines) client.write(bytes);
  }
  trap(moment: Moment): Promise<void> {
    return new Promise((spring) => (this.#trap = { moment, spring }));
  }
  disarm(): void {
    this.#trap = null;
  }
  async close(): Promise<void> {
    this.cut();
    if (this.#server.listening) await this.#stopListening();
  }

  #accept(client: Socket): void {
    if (this.#mode === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const line: Line = new Line(client, dial({ ...this.#target, allowHalfOpen: true }), {
      over: () => this.#lines.delete(line),
      isTrapped: (direction, bytes) => this.#isTrapped(direction, bytes, line),
    });
    this.#lines.add(line);
    if (this.#mode !== 'refuse') line.setMode(this.#mode);
  }
  #isTrapped(direction: Direction, bytes: Buffer, line: Line): boolean {
    if (this.#trap === null || !this.#trap.moment(direction, bytes, line)) return false;
    for (const each of this.#lines) each.lose();
    this.#trap.spring();
    this.#trap = null;
    return true;
  }
  #listenAgain(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }
  #stopListening(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

interface Watcher {
  over(): void;
  /** Whether these bytes, and all that follow, must not arrive. */
  isTrapped(direction: Direction, bytes: Buffer): boolean;
}

/** One connection: a client's socket and the one to the server. */
class Line {
  readonly client: Socket;
  readonly #sockets: readonly [Socket, Socket];
  readonly #flows: readonly [Flow, Flow];
  #isHole = false;
  #isBroken = false;

  constructor(client: Socket, server: Socket, { over, isTrapped }: Watcher) {
    this.client = client;
    this.#sockets = [client, server];
    this.#flows = [
      new Flow(client, server, (bytes) => isTrapped('to server', bytes)),
      new Flow(server, client, (bytes) => isTrapped('to client', bytes)),
    ];
    for (const socket of this.#sockets) {
      socket.setNoDelay(true);
      // What breaks on one side breaks on the other, in the same way; but not even that gets through a black hole.
      socket.on('error', () => (this.#isHole ? (this.#isBroken = true) : this.reset()));
      socket.on('close', () => {
        if (this.#sockets.every((each) => each.destroyed)) over();
      });
    }
  }
  get held(): number {
    return this.#flows[0].held + this.#flows[1].held;
  }
  setMode(mode: OpenMode): void {
    this.#isHole = mode === 'blackhole';
    const [toServer, toClient] = this.#flows;
    toServer.setMode(mode === 'mute' ? 'pass' : mode);
    toClient.setMode(mode === 'mute' ? 'blackhole' : mode);
    if (this.#isBroken && !this.#isHole) this.reset();
  }
  /** Takes everything from now on and hands on nothing. */
  lose(): void {
    for (const flow of this.#flows) flow.lose();
  }
  reset(): void {
    for (const flow of this.#flows) flow.stop();
    for (const socket of this.#sockets) if (!socket.destroyed) end(socket);
  }
}

/** A socket that is just ending can't be reset any more: Node fails to, leaves it open, and then never gets done with leaving the process. */
const end = (socket: Socket): void => void (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy());

/** One direction of a connection. */
class Flow {
  readonly #from: Socket;
  readonly #to: Socket;
  /** What waits for its delay, in order: each timer lets the first one go, whichever it was set for. */
  #waiting: (() => void)[] = [];
  #delayMs = 0;
  #lastDueAt = 0;
  #isLost = false;

  constructor(from: Socket, to: Socket, isTrapped: (bytes: Buffer) => boolean) {
    this.#from = from;
    this.#to = to;
    from.on('data', (chunk) => {
      if (!this.#isLost && !isTrapped(chunk)) this.#later(() => to.write(chunk));
    });
    from.on('end', () => this.#later(() => to.end()));
  }
  get held(): number {
    return this.#waiting.length;
  }
  setMode(mode: FlowMode): void {
    this.#delayMs = typeof mode === 'object' ? mode.delayMs : 0;
    if (mode === 'blackhole') this.#from.pause();
    else this.#from.resume();
  }
  lose(): void {
    this.#isLost = true;
    this.stop();
  }
  stop(): void {
    this.#waiting = [];
  }
  #later(act: () => void): void {
    const now = Date.now();
    if (this.#delayMs === 0 && this.#waiting.length === 0) {
      act();
      return;
    }
    this.#lastDueAt = Math.max(this.#lastDueAt, now + this.#delayMs);
    this.#waiting.push(act);
    setTimeout(() => {
      if (!this.#to.destroyed) this.#waiting.shift()?.();
    }, this.#lastDueAt - now);
  }
}
