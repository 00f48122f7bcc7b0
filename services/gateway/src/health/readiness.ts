import type { ServiceHealth, ServiceName } from '@commonpurse/shared/service';

interface State {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, string>>;
}
/** What operators and load balancers are told: every service and what it stands on, by name; of several instances the best counts, for the
 *  gateway passes over the others. */
export interface Readiness {
  readonly status: 'ready' | 'not-ready';
  readonly services: Readonly<Record<string, State & { readonly instances?: Readonly<Record<string, State>> }>>;
}

/** @param answers what each instance of each service said; null: it did not answer
 *  @param stopping whether this gateway is: it has nothing more for anybody then, and says so as if it were one of the services */
export function readinessOf(answers: ReadonlyMap<ServiceName, readonly (ServiceHealth | null)[]>, stopping: boolean): Readiness {
  const asked = [...answers].map(([name, instances]) => [name, serviceOf(name, instances.map(stateOf))] as const);
  const services = Object.fromEntries(stopping ? [['gateway', leaving] as const, ...asked] : asked);
  const ready = Object.values(services).every((service) => service.ready);
  return { status: ready ? 'ready' : 'not-ready', services };
}

const silent: State = { ready: false, parts: { service: 'does not answer' } };
const leaving: State = { ready: false, parts: { service: 'is stopping' } };
const stateOf = (health: ServiceHealth | null): State => (health === null ? silent : { ready: health.ready, parts: health.parts });

function serviceOf(name: string, instances: readonly State[]): Readiness['services'][string] {
  const best = instances.find(({ ready }) => ready) ?? instances.find((state) => state !== silent) ?? silent;
  if (instances.length < 2) return best;
  return { ...best, instances: Object.fromEntries(instances.map((state, at) => [`${name}-${at + 1}`, state])) };
}
