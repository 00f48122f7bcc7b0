import { Refusal } from '@commonpurse/shared/http';
import type { Clock, ServiceName } from '@commonpurse/shared/service';

/** Where each service's instances listen; in turn, passing over those that just refused. */
export interface Targets {
  /** @throws Refusal 503 when nobody is known for the service */
  next(service: ServiceName): string;
  /** That instance refused the connection. */
  failed(url: string): void;
}

const restMs = 1_000;

/** @param urls the addresses now; may grow and shrink while running */
export function createTargets(urls: (service: ServiceName) => readonly string[], clock: Clock): Targets {
  const turns = new Map<ServiceName, number>();
  const restingUntil = new Map<string, number>();
  return {
    next(service) {
      const known = urls(service);
      if (known.length === 0) {
        throw new Refusal('service-unavailable', `The ${service} service is not available right now; try again`, {
          headers: { 'Retry-After': '1' },
        });
      }
      const turn = turns.get(service) ?? 0;
      turns.set(service, (turn + 1) % known.length);
      const inTurn = known.map((_, index) => known[(turn + index) % known.length]!);
      return inTurn.find((url) => (restingUntil.get(url) ?? 0) <= clock.now()) ?? inTurn[0]!;
    },
    failed: (url) => void restingUntil.set(url, clock.now() + restMs),
  };
}
