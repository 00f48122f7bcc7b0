import { AggregatorRegistry, Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@prometheus-io/client';
import type { Observation } from '../http/create-app.ts';
import { type HealthChecks, partMsMax, stateOf } from './health.ts';
import { inTime } from './in-time.ts';

export interface ServiceMetrics {
  readonly registry: Registry;
  readonly observeRequest: (observation: Observation) => void;
  /** A number that is read whenever somebody looks; NaN where it can't be read in time, for whoever looks wants to see the others. */
  readonly gauge: (name: string, help: string, read: () => number | Promise<number>) => void;
  /** A number that only grows; gives the function that adds to it. */
  readonly counter: <L extends string>(name: string, help: string, labels: readonly L[]) => (labels: Record<L, string>, by: number) => void;
}

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One registry per service; every series carries the service's name, so that several can be shown together.
 *  @param servers what it stands on */
export function createMetrics(service: string, servers: HealthChecks = {}): ServiceMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  showDependencies(registry, Object.entries(servers));
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: durationBuckets,
    registers: [registry],
  });
  return {
    registry,
    observeRequest: ({ method, route, status, durationMs }) =>
      durations.observe({ method: methodLabel(method), route, status: String(status) }, durationMs / 1000),
    gauge: (name, help, read) => {
      const now = async (): Promise<number> => read();
      const collect = async (): Promise<void> => gauge.set(await inTime(now(), partMsMax).catch(() => NaN));
      const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect });
    },
    counter: (name, help, labelNames) => {
      const counter: Counter<string> = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
      return (labels, by) => counter.inc(labels, by);
    },
  };
}

/** All are asked whenever somebody looks, side by side, so that one that hangs keeps nobody longer than it may. */
function showDependencies(registry: Registry, servers: readonly (readonly [string, HealthChecks[string]])[]): void {
  const collect = async (): Promise<void> => {
    const states = await Promise.all(servers.map(([, check]) => stateOf(check)));
    servers.forEach(([dependency], at) => gauge.set({ dependency }, states[at] === 'ok' ? 1 : 0));
  };
  const help = 'Whether a server that the service stands on can be used: 1, or 0';
  const gauge = new Gauge({ name: 'dependency_up', help, labelNames: ['dependency'], registers: [registry], collect });
}

/** A client may make up methods; a metric may not have endless series. */
const methodLabel = (method: string): string => (/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(method) ? method : 'other');

/** The process's own: memory, event loop lag, garbage collection. Once per process. */
export function createProcessMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** A registry, or whoever asks one elsewhere. */
export type MetricsSource = Pick<Registry, 'getMetricsAsJSON'>;

/** Several registries as one text, as Prometheus scrapes it. */
export async function exposeMetrics(registries: readonly MetricsSource[]): Promise<{ contentType: string; text: string }> {
  const all = await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()));
  const merged = AggregatorRegistry.aggregate(all);
  return { contentType: merged.contentType, text: await merged.metrics() };
}
