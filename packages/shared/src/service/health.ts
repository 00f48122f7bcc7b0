import type { ServiceName } from './peers.ts';
import type { ServiceDeps, ServiceHealth } from './service.ts';

export interface HealthOptions {
  readonly name: ServiceName;
  readonly deps: Pick<ServiceDeps, 'documents' | 'bus' | 'cache'>;
  readonly parts: Readonly<Record<string, () => Promise<string | null>>>;
  readonly isReady: () => boolean;
}

/** A part that has not answered after so long counts as away. */
export const partMsMax = 2_000;

/** Asks every part how it is. Ready means started and able to store: with the broker or the cache away, work goes on. */
export function healthOf({ name, deps, parts, isReady }: HealthOptions): () => Promise<ServiceHealth> {
  const checks: [string, () => Promise<string | null>][] = [
    ['store', () => deps.documents.health()],
    ['bus', () => deps.bus.health()],
    ['cache', () => deps.cache.health()],
    ...Object.entries(parts),
  ];
  return async () => {
    const states = await Promise.all(checks.map(async ([part, check]) => [part, await stateOf(check)] as const));
    const told = Object.fromEntries(states);
    return { name, ready: isReady() && told['store'] === 'ok', parts: told };
  };
}

async function stateOf(check: () => Promise<string | null>): Promise<string> {
  try {
    return (await inTime(check())) ?? 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Rejects when there is no answer within `partMsMax`. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${partMsMax} ms`)), partMsMax);
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer));
}
