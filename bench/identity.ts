import { createPeople, type PersonDoc } from '@commonpurse/shared/access';
import { createMemoryCache } from '@commonpurse/shared/cache/memory';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { createAdmit, createJwks, createVerifyBearer } from '@commonpurse/shared/http';
import { type Peers, systemClock } from '@commonpurse/shared/service';
import { createFakeAuth } from '@commonpurse/shared/testing';
import type { Figure } from './support/figure.ts';
import { temporaryFolder } from './support/processes.ts';

const times = 200_000;

/** What a service spends on knowing who asks once it has seen the token: the admission of every endpoint, over a store on the disk. */
export async function identity(): Promise<Figure[]> {
  const clock = systemClock;
  const cache = createMemoryCache({ clock });
  const auth = await createFakeAuth({ cache, clock });
  const peers = { get: async (_service: string, path: string) => auth.answer(path) } as unknown as Peers;
  const store = await openJsonStore({ directory: await temporaryFolder(), clock });
  const people = createPeople({ documents: await store.collection<PersonDoc>({ name: 'people', indexes: [] }), cache, peers, clock });
  const admit = createAdmit({
    self: 'records',
    internalKey: 'k'.repeat(43),
    clock,
    verify: createVerifyBearer({ jwks: createJwks({ fetch: () => peers.get('auth', '/.well-known/jwks.json'), clock }), clock }),
    identify: (claims, requestId) => people.identify(claims, requestId),
  });
  const { token } = await auth.user();
  const request = { headers: { authorization: `Bearer ${token}` } } as Parameters<typeof admit>[0];
  const costOf = async (): Promise<number> => {
    const before = process.cpuUsage();
    for (let n = 0; n < times; n += 1) await admit(request, { scope: 'records:read' }, 'r');
    const { user, system } = process.cpuUsage(before);
    return (user + system) / times;
  };
  await costOf();
  const [, median = 0] = [await costOf(), await costOf(), await costOf()].toSorted((a, b) => a - b);
  await store.close();
  await cache.close();
  return [
    {
      name: 'CPU of identity a request, its token seen',
      ours: `${median.toFixed(1)} us`,
      limit: '30 us',
      ratio: median / 30,
      wanted: '<= 1',
    },
  ];
}
