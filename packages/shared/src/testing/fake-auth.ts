import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { leaseKey, sentinelKey, stampKey } from '../access/person.ts';
import type { Person } from '../access/person.ts';
import type { Cache } from '../cache/cache.ts';
import { type Grant, UserChanged } from '../contracts/index.ts';
import { signAccessToken } from '../http/access-token.ts';
import { jwkOf } from '../http/jwks.ts';
import { eventOf } from '../messaging/event.ts';
import type { DomainEvent } from '../messaging/bus.ts';
import { instantOf } from '../service/clock.ts';
import type { Clock } from '../service/clock.ts';
import { PeerRefused } from '../service/peers.ts';

/** Somebody who is signed in. */
export interface TestUser {
  readonly id: string;
  readonly sessionId: string;
  /** An access token, good for 15 minutes by the harness's clock. */
  readonly token: string;
  /** As auth knows them now. */
  readonly person: Person;
}

/** Stands for the auth service where another one is under test: the same keys, claims, people and stamps. */
export interface FakeAuth {
  user(facts?: Partial<Person>): Promise<TestUser>;
  /** Another token of the same session: fresh, or with other claims. */
  tokenFor(user: TestUser, options?: { scopes?: readonly string[]; lifetimeSeconds?: number }): string;
  /** Changes the person as auth would: version, stamp, and the event that tells of it. */
  change(userId: string, facts: Partial<Person>): Promise<DomainEvent>;
  revokeSession(user: TestUser): Promise<DomainEvent>;
  /** Lets `to` see (or what the facts say) everything of `from`'s records (or what the scope says), as auth would; the event is of the
   *  grantee, and not published. */
  grant(from: TestUser, to: TestUser, facts?: Partial<Grant>): Promise<{ readonly grant: Grant; readonly event: DomainEvent }>;
  /** Takes back what `from` shares with `to`. */
  revokeGrants(from: TestUser, to: TestUser): Promise<DomainEvent>;
  /** What auth answers to other services. */
  answer(path: string): unknown;
  /** Asked for people so many times. */
  readonly asked: number;
  /** false: auth does not answer. */
  available: boolean;
}

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const kid = 'test-key';

export async function createFakeAuth({ cache, clock }: { cache: Cache; clock: Clock }): Promise<FakeAuth> {
  const people = new Map<string, Person>();
  let asked = 0;
  for (const key of [sentinelKey, leaseKey]) await cache.set(key, cache.run() ?? '');
  const save = async (person: Person): Promise<Person> => {
    await cache.raise(stampKey(person.id), person.version);
    people.set(person.id, person);
    return person;
  };
  const auth: FakeAuth = {
    available: true,
    get asked() {
      return asked;
    },
    user: async (facts = {}) => {
      const sessionId = randomUUID();
      const until = new Date(clock.now() + 90 * 86_400_000).toISOString();
      // a token with scopes acts by a key of the session's name
      const acting = { sessions: [{ id: sessionId, until }], keys: [{ id: sessionId, until: null }] };
      const person = await save({ ...somebody(), ...acting, ...facts });
      const user = { id: person.id, sessionId: person.sessions[0]?.id ?? sessionId };
      const minted = { ...user, person, token: '' };
      return {
        ...user,
        token: auth.tokenFor(minted),
        get person() {
          return people.get(user.id) ?? person;
        },
      };
    },
    tokenFor: ({ id, sessionId, person }, { scopes, lifetimeSeconds = 900 } = {}) =>
      signAccessToken(
        { userId: id, sessionId, role: person.role, scopes: scopes ?? null, lifetimeSeconds },
        { privateKey, kid, nowMs: clock.now() },
      ),
    change: async (userId, facts) => {
      const before = people.get(userId)!;
      const person = await save({ ...before, ...facts, version: before.version + 1 });
      const told = { subject: userId, version: person.version, time: instantOf(clock), correlationid: randomUUID(), actor: userId };
      return eventOf(UserChanged, { ...told, data: person });
    },
    revokeSession: ({ id, sessionId, person }) =>
      auth.change(id, { sessions: person.sessions.filter((session) => session.id !== sessionId) }),
    grant: async (from, to, facts = {}) => {
      const everything = { kind: 'records' } as const;
      const plain = { shareId: randomUUID(), version: 1, ownerId: from.id, access: 'view', scope: everything, expiresAt: null } as const;
      const grant: Grant = { ...plain, ...facts };
      await auth.change(from.id, { sharedWith: [...new Set([...from.person.sharedWith, to.id])] });
      return { grant, event: await auth.change(to.id, { grants: [...to.person.grants, grant] }) };
    },
    revokeGrants: async (from, to) => {
      await auth.change(from.id, { sharedWith: from.person.sharedWith.filter((id) => id !== to.id) });
      return auth.change(to.id, { grants: to.person.grants.filter(({ ownerId }) => ownerId !== from.id) });
    },
    answer: (path) => {
      if (path === '/.well-known/jwks.json') return { keys: [jwkOf(publicKey, kid)] };
      if (path.startsWith('/internal/changes')) return { events: [], next: null, now: instantOf(clock) };
      asked += 1;
      if (path.startsWith('/internal/people?ids=')) {
        const ids = path.replace('/internal/people?ids=', '').split(',').map(decodeURIComponent);
        return { people: ids.flatMap((id) => people.get(id) ?? []) };
      }
      const person = people.get(decodeURIComponent(path.replace('/internal/people/', '')));
      if (!person) throw new PeerRefused('auth', 404, { code: 'not-found' });
      return person;
    },
  };
  return auth;
}

function somebody(): Person {
  const id = randomUUID();
  return {
    id,
    version: 1,
    status: 'active',
    role: 'user',
    email: `${id.slice(0, 8)}@example.com`,
    displayName: 'Ada',
    locale: 'en',
    timeZone: 'UTC',
    baseCurrency: 'USD',
    monthStartDay: 1,
    sessions: [],
    keys: [],
    grants: [],
    sharedWith: [],
  };
}
