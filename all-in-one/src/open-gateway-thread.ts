import { Worker } from 'node:worker_threads';
import type { Environment, LoggerOptions, MetricsSource, Service, ServiceHealth, ServiceName } from '@commonpurse/shared/service';
import { askThread } from '@commonpurse/shared/threads';

/** What the gateway's thread can be asked. */
export interface GatewayCalls {
  listen(address: { host: string; port: number }): Promise<{ url: string; port: number }>;
  /** Where the services are from now on, and for which of these addresses there is a door that is nearer. */
  meet(urls: Readonly<Partial<Record<ServiceName, readonly string[]>>>, doors: Readonly<Record<string, string>>): Promise<void>;
  /** Auth shows other keys than before: the thread has a cache of its own, on which nobody would say so. */
  doubtKeys(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  health(): Promise<ServiceHealth>;
  metrics(): ReturnType<MetricsSource['getMetricsAsJSON']>;
}
export interface GatewayThreadData {
  readonly env: Environment;
  readonly internalKey: string;
  readonly level: LoggerOptions['level'];
}
export interface LogLine {
  readonly log: 'program' | 'security';
  readonly line: string;
}

export interface GatewayThread extends Pick<Service, 'listen' | 'start' | 'stop' | 'health' | 'failed'> {
  readonly metrics: MetricsSource;
  meet: GatewayCalls['meet'];
  doubtKeys: GatewayCalls['doubtKeys'];
}
interface GatewayThreadOptions extends GatewayThreadData {
  /** Writes a line, whole, to the end of that log. */
  readonly write: (line: LogLine) => void;
  /** Default: the gateway's. */
  readonly entry?: URL;
}

/** The gateway in a thread of its own: what it does for each request, verifying, counting, copying to and fro, is about as much as a service
 *  does, and a machine has more than one core. It shares nothing with the services but sockets, as if it were a process. */
export function openGatewayThread({ write, entry = ownEntry(), ...data }: GatewayThreadOptions): GatewayThread {
  const worker = new Worker(entry, { workerData: data satisfies GatewayThreadData });
  const broken = Promise.withResolvers<Error>();
  let stopped = false;
  const ask = askThread<GatewayCalls>(worker, {
    ended: "the gateway's thread has ended",
    hear: (said) => write(said as LogLine),
    broke: (error) => {
      if (!stopped) broken.resolve(error);
    },
  });
  return {
    listen: (address) => ask('listen', address),
    meet: (urls, doors) => ask('meet', urls, doors),
    doubtKeys: () => ask('doubtKeys'),
    start: () => ask('start'),
    stop: async () => {
      await Promise.race([broken.promise, ask('stop')]);
      stopped = true;
      await worker.terminate();
    },
    health: () => ask('health'),
    metrics: { getMetricsAsJSON: () => ask('metrics') },
    failed: broken.promise,
  };
}

const ownEntry = (): URL => new URL(import.meta.resolve('@commonpurse/all-in-one/gateway-thread'));
