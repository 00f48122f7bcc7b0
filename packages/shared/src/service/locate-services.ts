import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from './clock.ts';
import { servicesBehindGateway, type ServiceName } from './peers.ts';

/** Where the instances of other services are now. */
interface Locator {
  readonly urls: (service: ServiceName) => readonly string[];
  /** Resolves after the first look. */
  start(): Promise<void>;
  stop(): Promise<void>;
}
/** All addresses of a name. Rejects when the name is not known (now). */
type Resolve = (host: string) => Promise<readonly string[]>;

interface LocatorOptions {
  /** As configured: names or addresses. */
  readonly urls: (service: ServiceName) => readonly string[];
  readonly clock: Clock;
  readonly resolve?: Resolve;
}

const everyMs = 2_000;

/** Spreads over all addresses of a name: where one name stands for several instances, each address is one. Names are looked up again and
 *  again, for instances come and go; one that is not known for a while stays what it was. */
export function createLocator({ urls, clock, resolve = resolveAll }: LocatorOptions): Locator {
  const stopping = new AbortController();
  const known = new Map<string, readonly string[]>();
  const names = [...new Set(servicesBehindGateway.flatMap(urls))].filter(isName);
  const look = async (url: string): Promise<void> => {
    const { hostname, port, protocol } = new URL(url);
    const found = await resolve(hostname).catch(() => []);
    if (found.length > 0)
      known.set(
        url,
        found.toSorted().map((address) => `${protocol}//${bracketed(address)}${port && `:${port}`}`),
      );
  };
  const lookAll = async (): Promise<unknown> => Promise.all(names.map(look));
  let running: Promise<void> = Promise.resolve();
  const keepLooking = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.delay(everyMs, stopping.signal);
      if (!stopping.signal.aborted) await lookAll();
    }
  };
  return {
    urls: (service) => (names.length === 0 ? urls(service) : urls(service).flatMap((url) => known.get(url) ?? [url])),
    start: async () => {
      if (names.length === 0) return;
      await lookAll();
      running = keepLooking();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** `localhost` has two addresses and one machine. */
const isName = (url: string): boolean => {
  const { hostname } = new URL(url);
  return hostname !== 'localhost' && isIP(hostname.replaceAll(/[[\]]/g, '')) === 0;
};
const bracketed = (address: string): string => (isIP(address) === 6 ? `[${address}]` : address);

/** Of an instance that has addresses of both kinds one counts. */
const resolveAll: Resolve = async (host) => {
  const found = await lookup(host, { all: true });
  const kind = found.some(({ family }) => family === 4) ? 4 : 6;
  return found.filter(({ family }) => family === kind).map(({ address }) => address);
};
