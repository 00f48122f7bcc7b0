import { createInProcessBus, type InProcessBus } from '../messaging/in-process/index.ts';
import type { DomainEvent } from '../messaging/bus.ts';
import type { Service, ServiceDeps } from '../service/service.ts';
import type { TestUser } from './fake-auth.ts';
import { sendRequest, type TestAnswer, type TestCall } from './http-client.ts';
import { overriding } from './override.ts';
import { withOwnWrites } from './shared-store.ts';
import type { TestService } from './test-service.ts';

/** Another instance of a service that runs for a test, on the same store and cache. */
export interface SecondInstance {
  readonly service: Service;
  /** Its own: what is published there reaches this instance and not the first one, as a broker deals events out. */
  readonly bus: InProcessBus;
  readonly published: readonly DomainEvent[];
  call(user: TestUser | { readonly token: string }, method: string, path: string, call?: TestCall): Promise<TestAnswer>;
  stop(): Promise<void>;
}

/** @param first must have been started on a store that is `shareable` */
export async function startSecondInstance(
  first: TestService,
  create: (deps: ServiceDeps) => Promise<Service>,
  clock = first.deps.clock,
): Promise<SecondInstance> {
  const bus = createInProcessBus({ clock, log: first.deps.log });
  const published: DomainEvent[] = [];
  const noting = overriding(bus, {
    publish: async (event) => {
      published.push(event);
      await bus.publish(event);
    },
  });
  const documents = withOwnWrites(overriding(first.deps.documents, { close: async () => {} }));
  const service = await create({ ...first.deps, clock, documents, bus: noting });
  const { url } = await service.listen({ host: '127.0.0.1', port: 0 });
  await service.start();
  return {
    service,
    bus,
    published,
    call: (user, method, path, call) => sendRequest(url, method, path, { token: user.token, ...call }),
    stop: async () => {
      await service.stop();
      await bus.close();
    },
  };
}
