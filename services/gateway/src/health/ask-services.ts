import type { ServiceHealth, ServiceName } from '@commonpurse/shared/service';
import { type InstanceUrls, servicesBehind } from '../routing/targets.ts';

const patienceMs = 2_000;

/** Asks every instance of every service how it is; null: it does not answer. */
export async function askServices(urls: InstanceUrls): Promise<Map<ServiceName, readonly (ServiceHealth | null)[]>> {
  const answers = await Promise.all(
    servicesBehind.map(async (service) => [service, await Promise.all(urls(service).map(askInstance))] as const),
  );
  return new Map(answers);
}

export async function askInstance(url: string): Promise<ServiceHealth | null> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(patienceMs) });
    return (await response.json()) as ServiceHealth;
  } catch {
    return null;
  }
}
