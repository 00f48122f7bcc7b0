import { partMsMax, type ServiceHealth, type ServiceName, servicesBehindGateway } from '@commonpurse/shared/service';
import type { InstanceUrls } from '../routing/targets.ts';

/** Longer than a service waits for one of its parts: its answer says which part is silent. */
const patienceMs = partMsMax + 1_000;

/** Asks every instance of every service how it is; null: it does not answer. */
export async function askServices(urls: InstanceUrls): Promise<Map<ServiceName, readonly (ServiceHealth | null)[]>> {
  const answers = await Promise.all(
    servicesBehindGateway.map(
      async (service) => [service, await Promise.all(urls(service).map((url) => askInstance(url, patienceMs)))] as const,
    ),
  );
  return new Map(answers);
}

/** The same, once for all who want to know meanwhile: health checks are counted for nobody, and each asks every instance of every service, which asks
 *  its servers. */
export function createAskServices(urls: InstanceUrls): () => ReturnType<typeof askServices> {
  let asking: ReturnType<typeof askServices> | null = null;
  return () => (asking ??= askServices(urls).finally(() => void (asking = null)));
}

export async function askInstance(url: string, withinMs: number): Promise<ServiceHealth | null> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(withinMs) });
    return (await response.json()) as ServiceHealth;
  } catch {
    return null;
  }
}
