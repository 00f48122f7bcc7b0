import { type Clock, createPeers, type InstanceStatus, type Peers, PeerRefused, PeerUnavailable } from '@commonpurse/shared/service';
import type { Instance, Located } from './locate-instances.ts';

/** What one instance says, or why it says nothing. */
export interface Answer {
  readonly instance: Instance;
  readonly status: InstanceStatus | null;
  readonly ready: boolean;
  /** One line; null: nothing is. */
  readonly wrong: string | null;
}

const patienceMs = 10_000;

/** Any instance of a service: what it keeps is kept for all. */
export const peersOf = ({ instances, internalKey }: Located, clock: Clock): Peers =>
  createPeers({ self: 'ops', urls: () => urlsByService(instances), internalKey, clock });

const urlsByService = (instances: readonly Instance[]): Record<string, string[]> =>
  Object.fromEntries(
    [...Map.groupBy(instances, ({ service }) => service)].map(([service, those]) => [service, those.map(({ url }) => url)]),
  );

/** Asks every instance how it is. */
export const askInstances = (located: Located, clock: Clock): Promise<Answer[]> =>
  Promise.all(
    located.instances.map((instance) => (instance.service === 'gateway' ? askGateway(instance) : askInstance(located, instance, clock))),
  );

async function askInstance({ internalKey }: Located, instance: Instance, clock: Clock): Promise<Answer> {
  try {
    const peers = peersOf({ instances: [instance], internalKey }, clock);
    const status = await peers.get<InstanceStatus>(instance.service, '/internal/ops/status', { timeoutMs: patienceMs });
    return { instance, status, ready: status.ready, wrong: null };
  } catch (error) {
    return silent(instance, explained(error));
  }
}

/** The gateway keeps nothing: it is asked what everybody may ask. */
async function askGateway(instance: Instance): Promise<Answer> {
  try {
    const { ok } = await fetch(`${instance.url}/health/ready`, { signal: AbortSignal.timeout(patienceMs) });
    return { instance, status: null, ready: ok, wrong: ok ? null : 'a service behind it is not ready' };
  } catch {
    return silent(instance, 'can not be reached');
  }
}

/** @param why perhaps with the name of the service, which is said anyway */
const silent = (instance: Instance, why: string): Answer => ({
  instance,
  status: null,
  ready: false,
  wrong: `${why.replace(`${instance.service} `, '')} (${instance.url})`,
});

/** In one line what went wrong with a call. */
export function explained(error: unknown): string {
  if (error instanceof PeerUnavailable) return error.message;
  if (!(error instanceof PeerRefused)) return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  return (error.problem as { readonly detail?: string } | undefined)?.detail ?? error.message;
}
