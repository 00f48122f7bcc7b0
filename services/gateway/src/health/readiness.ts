import type { ServiceHealth, ServiceName } from '@commonpurse/shared/service';

/** What operators and load balancers are told: every service and what it stands on, by name. */
export interface Readiness {
  readonly status: 'ready' | 'not-ready';
  readonly services: Readonly<Record<string, { readonly ready: boolean; readonly parts: Readonly<Record<string, string>> }>>;
}

/** @param answers what each service said; null: it did not answer */
export function readinessOf(answers: ReadonlyMap<ServiceName, ServiceHealth | null>): Readiness {
  const services = [...answers].map(([name, health]) => [
    name,
    health === null ? { ready: false, parts: { service: 'does not answer' } } : { ready: health.ready, parts: health.parts },
  ]);
  const ready = [...answers.values()].every((health) => health?.ready === true);
  return { status: ready ? 'ready' : 'not-ready', services: Object.fromEntries(services) };
}
