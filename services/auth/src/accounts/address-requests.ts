import type { Job, ServiceDeps } from '@commonpurse/shared/service';
import { createBackgroundWork } from '../background-work.ts';
import type { AuthStore } from '../store.ts';
import type { AddressRequest } from './address-request.ts';

/** Does what was asked for addresses, each address's requests in the order they were taken. */
export interface AddressRequests {
  /** Takes one that is durable already; returns at once. */
  take(request: AddressRequest): void;
  /** Resolves once what this process has taken for the address so far is done, or has failed and is put off. Never rejects. */
  settled(address: string): Promise<void>;
  readonly job: Job;
}
type Deps = Pick<ServiceDeps, 'clock' | 'log'> & {
  readonly store: Pick<AuthStore, 'addressRequests'>;
  /** Doing it twice does no harm. */
  readonly fulfil: (request: AddressRequest) => Promise<void>;
};

const sweepSize = 100;

export function createAddressRequests({ store, fulfil, clock, log }: Deps): AddressRequests {
  const lastOf = new Map<string, Promise<void>>();
  const inTurn = (request: AddressRequest): Promise<void> => {
    const { _id, address } = request;
    const before = lastOf.get(address) ?? Promise.resolve();
    const mine = work.run(async () => {
      await before;
      // the sweep of another process may have been quicker
      if ((await store.addressRequests.get(_id)) === null) return;
      await fulfil(request);
      await store.addressRequests.remove([_id]);
    });
    lastOf.set(address, mine);
    void mine.then(() => lastOf.get(address) === mine && lastOf.delete(address));
    return mine;
  };
  const sweep = async (before: string): Promise<void> => {
    for (const request of await store.addressRequests.find({}, { limit: sweepSize })) if (request.at <= before) await inTurn(request);
  };
  const work = createBackgroundWork({
    clock,
    log,
    name: 'address requests',
    trouble: 'what was asked for an address could not be done; it will be tried again',
    sweep,
  });
  return {
    take: (request) => void inTurn(request),
    settled: (address) => lastOf.get(address) ?? Promise.resolve(),
    job: work.job,
  };
}
