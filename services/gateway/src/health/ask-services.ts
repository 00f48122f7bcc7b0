import type { ServiceHealth, ServiceName } from '@commonpurse/shared/service';

const services: readonly ServiceName[] = ['auth', 'records', 'budgets', 'notifications'];
const patienceMs = 2_000;

/** Asks each service how it is; of several instances, the best answer counts, for the gateway passes over the others. */
export async function askServices(urls: (service: ServiceName) => readonly string[]): Promise<Map<ServiceName, ServiceHealth | null>> {
  const answers = await Promise.all(services.map(async (service) => [service, best(await Promise.all(urls(service).map(ask)))] as const));
  return new Map(answers);
}

const best = (answers: readonly (ServiceHealth | null)[]): ServiceHealth | null =>
  answers.find((health) => health?.ready === true) ?? answers.find((health) => health !== null) ?? null;

async function ask(url: string): Promise<ServiceHealth | null> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(patienceMs) });
    return (await response.json()) as ServiceHealth;
  } catch {
    return null;
  }
}
