import { Agent, type AgentOptions, type ClientRequest, type ClientRequestArgs } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { partsOf } from './address-parts.ts';
import type { Targets } from './targets.ts';

declare module 'node:http' {
  interface Agent {
    /** What Node asks of an agent for each request; it has no place in its documentation, and every agent of others lives by it. */
    addRequest(request: ClientRequest, options: ClientRequestArgs): void;
  }
}

/** The path of a socket that leads where the address does; undefined: only the address leads there. */
export type DoorAt = (url: string) => string | undefined;

type Connected = (error: Error | null, socket: Duplex) => void;

/** A machine that is gone need not say so. */
const connectMsMax = 2_000;

/** Default; below the 65 s that our servers keep an idle connection: no request goes into one that is just being closed. What an instance says
 *  of that in its answer is not asked for: reading one header costs as much as reading all. */
const silentMsMax = 30_000;

interface InstanceAgentOptions extends AgentOptions {
  /** A connection that is silent for so long is let go, whether somebody waits for an answer there or nobody needs it. One measure for both,
   *  so that the timer is set once, and not twice for each request. */
  readonly silentMsMax?: number;
}

/** Connections to instances, kept. Where one can't be reached, another instance of the service is: nothing has been sent yet, so it makes
 *  no difference to a request which one it was meant for. */
export class InstanceAgent extends Agent {
  readonly #targets: Targets;
  readonly #doorAt: DoorAt;
  readonly #silentMsMax: number;
  /** Connections that lead elsewhere than where they are filed. */
  readonly #elsewhere = new WeakSet<Duplex>();
  readonly #letGo = new WeakSet<Duplex>();

  constructor(targets: Targets, options: InstanceAgentOptions, doorAt: DoorAt = () => undefined) {
    super(options);
    this.#targets = targets;
    this.#doorAt = doorAt;
    this.#silentMsMax = options.silentMsMax ?? silentMsMax;
  }

  override createConnection(options: ClientRequestArgs, connected?: Connected): undefined {
    const wanted = `http://${hostOf(options.host)}:${String(options.port)}`;
    this.#connect(wanted).then(
      (socket) => {
        socket.setTimeout(this.#silentMsMax, () => {
          this.#letGo.add(socket);
          socket.destroy();
        });
        connected!(null, socket);
      },
      (error: unknown) => connected!(error as Error, undefined as never),
    );
    return undefined;
  }

  /** A connection that waits takes the request as it is: all that the options say is where to. */
  override addRequest(req: ClientRequest, options: ClientRequestArgs): void {
    const name = this.getName(options as { host: string });
    const socket = this.freeSockets[name]?.pop();
    if (socket === undefined || socket.destroyed) return super.addRequest(req, options);
    this.reuseSocket(socket, req);
    req.onSocket(socket);
    ((this.sockets as Record<string, Socket[]>)[name] ??= []).push(socket);
  }

  /** Connections to one address are alike: asked three times for each request. */
  override getName(options: { host?: string; port?: number | string } = {}): string {
    return `${options.host}:${options.port}`;
  }

  /** Whether this connection was let go for its silence. */
  wasSilent(connection: Socket | null | undefined): boolean {
    return connection ? this.#letGo.has(connection) : false;
  }

  async #connect(wanted: string): Promise<Socket> {
    try {
      return await this.#open(wanted);
    } catch (error) {
      this.#targets.failed(wanted);
      for (const other of this.#targets.insteadOf(wanted)) {
        const socket = await this.#open(other).catch(() => this.#targets.failed(other));
        if (socket === undefined) continue;
        this.#elsewhere.add(socket);
        return socket;
      }
      throw error;
    }
  }

  async #open(url: string): Promise<Socket> {
    const path = this.#doorAt(url);
    const near = path === undefined ? null : await open({ path }).catch(() => null);
    return near ?? open(addressOf(url));
  }

  /** `free` is told of sockets alone. */
  override keepSocketAlive(socket: Duplex): boolean {
    if (this.#elsewhere.has(socket)) return false;
    (socket as Socket).unref();
    return true;
  }
}

const hostOf = (host: string | null | undefined): string => (host?.includes(':') === true ? `[${host}]` : (host ?? ''));

function addressOf(url: string): NetConnectOpts {
  const { hostname: host, port } = partsOf(url);
  return {
    host,
    port: Number(port || 80),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 1_000,
  };
}

function open(to: NetConnectOpts): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(to);
    const tooLate = (): unknown => socket.connecting && socket.destroy(new Error('no connection within its time'));
    // after what has come meanwhile: a gateway that was held up itself has not heard yet that it is connected
    const timer = setTimeout(() => setImmediate(tooLate), connectMsMax);
    const failed = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}
