import type { Logger } from 'pino';
import type { PeopleMirror } from '../access/people.ts';
import type { Endpoint } from '../http/endpoint.ts';
import type { Consumption, Subscription } from '../messaging/bus.ts';
import { createParking, parkedCollection } from '../messaging/parking.ts';
import type { ParkedDoc } from '../messaging/parking.ts';
import type { ServiceOptions } from './create-service.ts';
import type { ServiceMetrics } from './metrics.ts';

/** Everything of a service that has to do with events. */
export interface Messaging {
  /** The changes feed for other services; null where nothing is published. */
  readonly changes: Endpoint | null;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface MessagingOptions extends Pick<ServiceOptions, 'name' | 'deps' | 'subscriptions' | 'producers' | 'outboxes' | 'history'> {
  readonly log: Logger;
  readonly metrics: ServiceMetrics;
  readonly people: PeopleMirror | null;
}

export async function connectMessaging(options: MessagingOptions): Promise<Messaging> {
  const { deps, name, people } = options;
  const parking = createParking(await deps.documents.collection<ParkedDoc>(parkedCollection), name, deps.clock);
  const subscriptions: Subscription[] = [...(people ? [people.subscription] : []), ...(options.subscriptions ?? [])];
  let consumption: Consumption | null = null;
  return {
    changes: null,
    start: async () => {
      if (subscriptions.length > 0) consumption = await deps.bus.consume(name, subscriptions, parking);
    },
    stop: async () => {
      await consumption?.close();
    },
  };
}
