import { type Refusal, unavailable } from '@commonpurse/shared/http';
import { type Clock, type ServiceName, servicesBehindGateway } from '@commonpurse/shared/service';

/** Where each service's instances listen; in turn, passing over those that can't be used right now. */
export interface Targets {
  /** @param tried not these, while there are others
   *  @throws Refusal 503 when nobody is known for the service */
  next(service: ServiceName, tried?: ReadonlySet<string>): string;
  /** The other instances of the service that this one is of: first those that can be used. */
  insteadOf(url: string): readonly string[];
  /** Notes that this instance could not be reached, or broke off. */
  failed(url: string): void;
  /** Notes what a health check of this instance has found. */
  looked(url: string, usable: boolean): void;
}

/** The addresses of all instances of a service. */
export type InstanceUrls = (service: ServiceName) => readonly string[];

/** The refusal (503) where none of its instances can be used. */
export const serviceUnavailable = (service: ServiceName): Refusal =>
  unavailable(`The ${service} service is not available right now; try again`);
/** The refusal (503) of a gateway that begins nothing new: another one will, or this one when it is back. */
export const gatewayStopping = (): Refusal => unavailable('The gateway is stopping');

const restMs = 1_000;

/** @param urls the addresses now; may grow and shrink while running */
export function createTargets(urls: InstanceUrls, clock: Clock): Targets {
  const turns = new Map<ServiceName, number>();
  const restingUntil = new Map<string, number>();
  const unusable = new Set<string>();
  const rank = (url: string): number => (unusable.has(url) ? 2 : 0) + ((restingUntil.get(url) ?? 0) > clock.now() ? 1 : 0);
  const best = (some: readonly string[]): string[] => some.toSorted((a, b) => rank(a) - rank(b));
  return {
    next(service, tried) {
      const known = urls(service);
      if (known.length === 0) throw serviceUnavailable(service);
      if (known.length === 1) return known[0]!;
      const turn = turns.get(service) ?? 0;
      turns.set(service, (turn + 1) % known.length);
      const inTurn = best(known.map((_, index) => known[(turn + index) % known.length]!));
      return inTurn.find((url) => tried?.has(url) !== true) ?? inTurn[0]!;
    },
    insteadOf(url) {
      const service = servicesBehindGateway.find((name) => urls(name).includes(url));
      return service === undefined ? [] : best(urls(service).filter((other) => other !== url));
    },
    failed: (url) => void restingUntil.set(url, clock.now() + restMs),
    looked: (url, usable) => void (usable ? unusable.delete(url) : unusable.add(url)),
  };
}
