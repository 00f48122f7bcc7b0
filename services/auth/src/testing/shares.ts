import type { Grant } from '@commonpurse/shared/contracts';
import type { DomainEvent } from '@commonpurse/shared/messaging';
import type { FakePeer } from '@commonpurse/shared/testing';
import { type SignedIn, startAuth, type StartAuthOptions, type TestAuth } from './start-auth.ts';

/** Two people, one of whom has records `r1` and `r2` and the budget `b1`. */
export interface SharingAuth extends TestAuth {
  readonly ada: SignedIn;
  readonly bob: SignedIn;
  share(facts?: object, by?: SignedIn, headers?: Record<string, string>): ReturnType<TestAuth['request']>;
  /** What every service judges this person by. */
  grantsOf(person: { readonly id: string }): Promise<readonly Grant[]>;
  sharedWith(person: { readonly id: string }): Promise<readonly string[]>;
}

export const everything = { kind: 'records' };

/** What was published of shares, once there is so much: each event once, by version, for the bus may bring them in any order and one twice. */
export async function toldOfShares({ published, until }: TestAuth, count: number): Promise<readonly DomainEvent[]> {
  const told = () => new Map(published.filter(({ type }) => type === 'share.changed').map((event) => [event.id, event]));
  await until(() => told().size >= count);
  return [...told().values()].toSorted((one, other) => one.version - other.version);
}

/** Records and budgets that answer what Ada owns. */
export function ownership(adaId: () => string): Partial<Record<'records' | 'budgets', FakePeer>> {
  const owned: FakePeer = ({ path, body }) => {
    if (path.startsWith('/internal/changes')) return { events: [], next: null, now: '2026-01-01T00:00:00.000Z' };
    const { ownerId, ids } = body as { ownerId: string; ids: string[] };
    return { owned: ids.filter((id) => ownerId === adaId() && ['r1', 'r2', 'b1'].includes(id)) };
  };
  return { records: owned, budgets: owned };
}

export async function startSharing(options: StartAuthOptions = {}): Promise<SharingAuth> {
  let adaId = '';
  const auth = await startAuth({ ...options, peers: ownership(() => adaId) });
  const ada = await auth.person('ada@example.com');
  const bob = await auth.person('bob@example.com');
  adaId = ada.id;
  const personOf = async ({ id }: { readonly id: string }) => (await auth.internal('records').get(`/internal/people/${id}`)).body;
  const own = {
    ada,
    bob,
    share: (facts: object = {}, by: SignedIn = ada, headers: Record<string, string> = {}) =>
      auth
        .as(by)
        .post(
          '/users/share-permission',
          { ...('granteeId' in facts ? {} : { granteeEmail: 'bob@example.com' }), access: 'view', scope: everything, ...facts },
          { headers },
        ),
    grantsOf: async (person: { readonly id: string }) => (await personOf(person)).grants as Grant[],
    sharedWith: async (person: { readonly id: string }) => (await personOf(person)).sharedWith as string[],
  };
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(auth)) as unknown as SharingAuth;
}
