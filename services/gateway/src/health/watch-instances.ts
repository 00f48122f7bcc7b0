import { type Clock, createRepetition, type Job, type ServiceDeps, servicesBehindGateway } from '@commonpurse/shared/service';
import type { InstanceUrls, Targets } from '../routing/targets.ts';
import { askInstance } from './ask-services.ts';

interface InstanceWatchDeps {
  readonly urls: InstanceUrls;
  readonly targets: Pick<Targets, 'looked'>;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
  /** Default: over HTTP. */
  readonly ask?: typeof askInstance;
}

const everyMs = 1_000;
const patienceMs = 2_000;

/** Looks at instances of services that have several: one that starts, stops or hangs takes connections, and still can't be used. */
export function createInstanceWatch({ urls, targets, clock, log, ask = askInstance }: InstanceWatchDeps): Job {
  const look = async (url: string): Promise<void> => targets.looked(url, (await ask(url, patienceMs))?.ready === true);
  const run = async (): Promise<void> => {
    const several = servicesBehindGateway.map(urls).filter((instances) => instances.length > 1);
    await Promise.all(several.flat().map(look));
  };
  const failed = (error: unknown): void => log.warn({ err: error }, 'a look at the instances failed; trying again');
  return { name: 'instance-watch', ...createRepetition({ clock, everyMs, run, failed }) };
}
