import type { Clock, Job } from '@commonpurse/shared/service';
import { type InstanceUrls, servicesBehind, type Targets } from '../routing/targets.ts';
import { askInstance } from './ask-services.ts';

export interface InstanceWatchDeps {
  readonly urls: InstanceUrls;
  readonly targets: Pick<Targets, 'looked'>;
  readonly clock: Clock;
  /** Default: over HTTP. */
  readonly ask?: typeof askInstance;
}

const everyMs = 1_000;
const patienceMs = 2_000;

/** Looks at instances of services that have several: one that starts, stops or hangs takes connections, and still can't be used. */
export function createInstanceWatch({ urls, targets, clock, ask = askInstance }: InstanceWatchDeps): Job {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const look = async (url: string): Promise<void> => targets.looked(url, (await ask(url, patienceMs))?.ready === true);
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const several = servicesBehind.map(urls).filter((instances) => instances.length > 1);
      await Promise.all(several.flat().map(look));
      await clock.delay(everyMs, stopping.signal);
    }
  };
  return {
    name: 'instance watch',
    start: async () => {
      running = watch();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
