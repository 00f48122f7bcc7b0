import { inTime } from './in-time.ts';
import type { ServiceName } from './peers.ts';
import type { ServiceDeps, ServiceHealth } from './service.ts';

interface HealthOptions {
  readonly name: ServiceName;
  readonly deps: Pick<ServiceDeps, 'documents' | 'bus' | 'cache'>;
  readonly parts: HealthChecks;
  readonly isReady: () => boolean;
}

/** A part that has not answered after so long counts as away. */
export const partMsMax = 2_000;

/** By part: null means it works, otherwise it is one line saying what is wrong. */
export type HealthChecks = Readonly<Record<string, () => Promise<string | null>>>;

interface Server {
  health(): Promise<string | null>;
}
/** Of the servers that a service stands on, as operators call them: of those that are given. */
export const serverChecks = ({
  documents,
  bus,
  cache,
}: Readonly<Partial<Record<'documents' | 'bus' | 'cache', Server>>>): HealthChecks => ({
  ...(documents && { store: () => documents.health() }),
  ...(bus && { bus: () => bus.health() }),
  ...(cache && { cache: () => cache.health() }),
});

/** Asks every part how it is. Ready means started and able to store: with the broker or the cache away, work goes on. */
export function healthOf({ name, deps, parts, isReady }: HealthOptions): () => Promise<ServiceHealth> {
  const checks = Object.entries({ ...serverChecks(deps), ...parts });
  return async () => {
    const states = await Promise.all(checks.map(async ([part, check]) => [part, await stateOf(check)] as const));
    const told = Object.fromEntries(states);
    return { name, ready: isReady() && told['store'] === 'ok', parts: told };
  };
}

/** `ok`, or what is wrong; that it says nothing in time, too. */
export async function stateOf(check: () => Promise<string | null>): Promise<string> {
  try {
    return (await inTime(check(), partMsMax)) ?? 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
