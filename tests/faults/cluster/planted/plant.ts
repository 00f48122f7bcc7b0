import type { Doc, Documents, DocumentStore } from '@commonpurse/shared/documents';
import { openMongoStore } from '@commonpurse/shared/documents/mongodb';
import type { Bus } from '@commonpurse/shared/messaging';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import type { Peers } from '@commonpurse/shared/service';
import { overriding } from '@commonpurse/shared/testing';

/** The real store, with a mistake in one collection. */
export const storeWith =
  (name: string, mistake: (documents: Documents<Doc>) => Partial<Documents<Doc>>): typeof openMongoStore =>
  async (options) => {
    const store: DocumentStore = await openMongoStore(options);
    const collection: DocumentStore['collection'] = async (declaration) => {
      const documents = await store.collection(declaration);
      return (declaration.name === name ? overriding(documents, mistake(documents) as never) : documents) as never;
    };
    return overriding(store, { collection });
  };

/** The real bus, with a mistake in it. */
export const busWith =
  (mistake: (bus: Bus) => Partial<Bus>): typeof openRabbitBus =>
  async (options) => {
    const bus = await openRabbitBus(options);
    return overriding<Bus>(bus, mistake(bus));
  };

/** Other services, whose changes feeds are always empty: what the bus loses stays lost. */
export const withoutChanges = (peers: Peers): Peers =>
  overriding(peers, {
    get: async (service, path, options) =>
      path.startsWith('/internal/changes')
        ? ({ events: [], next: null, now: new Date().toISOString() } as never)
        : peers.get(service, path, options),
  });
