import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { partsOf, type Targets } from './targets.ts';

/** The path of a socket that leads where the address does; undefined: only the address leads there. */
export type DoorAt = (url: string) => string | undefined;

type Connected = (error: Error | null, socket: Duplex) => void;

/** A machine that is gone need not say so. */
const connectMsMax = 2_000;

/** Below the 65 s that our servers keep an idle connection: no request goes into one that is just being closed. What an instance says of that
 *  in its answer is not asked for: reading one header costs as much as reading all. */
const idleMsMax = 50_000;

/** Connections to instances, kept. Where one can't be reached, another instance of the service is: nothing has been sent yet, so it makes
 *  no difference to a request which one it was meant for. */
export class InstanceAgent extends Agent {
  readonly #targets: Targets;
  readonly #doorAt: DoorAt;
  /** Connections that lead elsewhere than where they are filed. */
  readonly #elsewhere = new WeakSet<Duplex>();

  constructor(targets: Targets, options: AgentOptions, doorAt: DoorAt = () => undefined) {
    super({ timeout: idleMsMax, ...options });
    this.#targets = targets;
    this.#doorAt = doorAt;
  }

  override createConnection(options: ClientRequestArgs, connected?: Connected): undefined {
    const wanted = `http://${hostOf(options.host)}:${String(options.port)}`;
    this.#connect(wanted).then(
      (socket) => connected!(null, socket),
      (error: unknown) => connected!(error as Error, undefined as never),
    );
    return undefined;
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
    (socket as Socket).unref().setTimeout(idleMsMax);
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
