import { LRUCache } from 'lru-cache';
import type { Cache } from '../cache/cache.ts';
import { UserChanged } from '../contracts/index.ts';
import type { Documents, DocumentStore } from '../documents/documents.ts';
import { upsertNewer } from '../documents/upsert.ts';
import type { AccessClaims } from '../http/access-token.ts';
import { unauthenticated } from '../http/admit.ts';
import type { Subscription } from '../messaging/bus.ts';
import type { Clock } from '../service/clock.ts';
import { PeerDistrusts, PeerRefused, PeerUnavailable } from '../service/peers.ts';
import type { PeerOptions, Peers } from '../service/peers.ts';
import type { Person, PersonDoc } from './person.ts';
import { mayAct } from './person.ts';
import { readStamps, type Said } from './read-stamps.ts';

/** Who the people are, as of now. */
export interface People {
  /** The person behind verified claims. Throws 401 when the session or key is over or the person disabled or gone; rejects with
   *  `PeerUnavailable` when nobody can say. A revocation that auth has acknowledged holds here at once. */
  identify(claims: AccessClaims, requestId: string): Promise<Person>;
  /** As last heard of, by whatever instance; asks auth about people never met. null: there is no such person. */
  find(userId: string, requestId?: string): Promise<Person | null>;
}

export interface PeopleMirror extends People {
  /** These people as of now; their stamps are read in one round trip, and auth is asked only about those who changed, about all of them at
   *  once. null: there is no such person. Those about whom nobody can say are left out. */
  current(userIds: readonly string[]): Promise<ReadonlyMap<string, Person | null>>;
  /** Keeps the mirror up to date; handed to the bus by `createService`, ahead of the service's own handler of the event. */
  readonly subscription: Subscription;
}

const rememberedMax = 20_000;
/** Of many people at once: so many stamps a round trip, and so many people a question to auth. */
const askedAtOnce = 64;

export interface PeopleOptions {
  readonly documents: Documents<PersonDoc>;
  readonly cache: Cache;
  readonly peers: Peers;
  readonly clock: Clock;
}

/** Opens the mirror in a service's own store. */
export async function openPeople({
  documents: store,
  cache,
  peers,
  clock,
}: Omit<PeopleOptions, 'documents'> & { readonly documents: DocumentStore }): Promise<{
  readonly people: PeopleMirror;
  readonly documents: Documents<PersonDoc>;
}> {
  const documents = await store.collection<PersonDoc>({ name: 'people', indexes: [] });
  return { people: createPeople({ documents, cache, peers, clock }), documents };
}

/** The mirror that every service but auth keeps. A request costs one round trip to the cache, another where its body comes
 *  in later, and, as long as nothing changed, no disk. */
export function createPeople({ documents, cache, peers, clock }: PeopleOptions): PeopleMirror {
  const { keep, recall } = createMemory(documents);
  /** Auth's own word. Never shared between requests: an answer asked for earlier may be older than an acknowledged revocation. */
  const ask = async (userId: string, options: PeerOptions): Promise<Person | null> => {
    try {
      return await keep(await peers.get<Person>('auth', `/internal/people/${encodeURIComponent(userId)}`, options));
    } catch (error) {
      if (error instanceof PeerRefused && error.status === 404) return null;
      throw error;
    }
  };
  const askIfThere = createAskIfThere(ask);
  const asOfNow = async (userId: string, said: Said, requestId?: string): Promise<Person | null> => {
    const options = requestId === undefined ? {} : { requestId };
    const known = said.version === null ? null : await recall(userId);
    if (known === null || String(known.version) !== said.version) return ask(userId, options);
    return said.sure ? known : askIfThere(known, options);
  };
  return {
    identify: async (claims, requestId) => {
      const { userId } = claims;
      const [said] = await readStamps(cache, [userId]);
      const person = await asOfNow(userId, said!, requestId);
      if (person === null || !mayAct(person, claims, clock.now())) throw unauthenticated();
      return person;
    },
    current: (userIds) => lookUp(cache, userIds, createAskAboutMany({ peers, recall, keep, asOfNow })),
    find: async (userId, requestId) => (await readStored(documents, userId)) ?? ask(userId, requestId === undefined ? {} : { requestId }),
    subscription: {
      event: UserChanged,
      from: 'beginning',
      handle: async (event) => {
        await keep(event.data as Person);
      },
    },
  };
}

const patienceMs = 1_000;
const leftAloneMs = 1_000;

/** Auth's word, where it may owe a stamp; where auth is gone, what is known: then nobody acknowledges anything that is not stamped.
 *  One that does not answer is left alone for a moment, or every request would wait for it. */
function createAskIfThere(ask: (userId: string, options: PeerOptions) => Promise<Person | null>) {
  let leftAloneUntil = 0;
  return async (known: Person, options: PeerOptions): Promise<Person | null> => {
    if (performance.now() < leftAloneUntil) return known;
    try {
      return await ask(known.id, { ...options, timeoutMs: patienceMs });
    } catch (error) {
      // one that is there and does not listen may well have acknowledged something
      if (!(error instanceof PeerUnavailable) || error instanceof PeerDistrusts) throw error;
      leftAloneUntil = performance.now() + leftAloneMs;
      return known;
    }
  };
}

interface Memory {
  /** Answers the newest that is known, which may be newer than what was given. */
  keep(person: Person): Promise<Person>;
  /** Of what another instance was told since, it knows nothing: good only as long as a stamp says so. */
  recall(userId: string): Promise<Person | null>;
}
/** The mirror's documents, and those of late in memory. */
function createMemory(documents: Documents<PersonDoc>): Memory {
  const remembered = new LRUCache<string, Person>({ max: rememberedMax });
  return {
    keep: async (person) => {
      const newest = await upsertPerson(documents, person);
      const known = remembered.get(newest.id);
      if (known !== undefined && known.version > newest.version) return known;
      remembered.set(newest.id, newest);
      return newest;
    },
    recall: async (userId) => remembered.get(userId) ?? readStored(documents, userId),
  };
}

async function readStored(documents: Documents<PersonDoc>, userId: string): Promise<Person | null> {
  const stored = await documents.get(userId);
  return stored && wholeOf(stored);
}

/** One that was stored before there were shares says nothing of them. */
const wholeOf = ({ person }: PersonDoc): Person => ({ ...withoutShares, ...person });
const withoutShares = { grants: [], sharedWith: [] };

type AboutMany = (userIds: readonly string[], said: readonly Said[]) => Promise<Map<string, Person | null>>;

async function lookUp(cache: Cache, userIds: readonly string[], aboutMany: AboutMany): Promise<Map<string, Person | null>> {
  const people = new Map<string, Person | null>();
  for (let from = 0; from < userIds.length; from += askedAtOnce) {
    const some = userIds.slice(from, from + askedAtOnce);
    for (const [userId, person] of await aboutMany(some, await readStamps(cache, some))) people.set(userId, person);
  }
  return people;
}

interface AboutManyParts extends Memory {
  readonly peers: Peers;
  readonly asOfNow: (userId: string, said: Said) => Promise<Person | null>;
}

/** Those whom the cache vouches for are known; of the others auth is asked at once, for there may be many of them while the cache is away. */
function createAskAboutMany({ peers, recall, keep, asOfNow }: AboutManyParts): AboutMany {
  const askAll = async (userIds: readonly string[]): Promise<(readonly [string, Person | null])[]> => {
    const { people } = await peers.get<{ people: Person[] }>('auth', `/internal/people?ids=${userIds.map(encodeURIComponent).join(',')}`);
    const kept = new Map((await Promise.all(people.map(keep))).map((person) => [person.id, person]));
    return userIds.map((userId) => [userId, kept.get(userId) ?? null]);
  };
  return async (userIds, said) => {
    const sayings = new Map(userIds.map((userId, index) => [userId, said[index]!]));
    const people = new Map<string, Person | null>();
    for (const [userId, { version, sure }] of sayings) {
      const known = sure ? await recall(userId) : null;
      if (known !== null && String(known.version) === version) people.set(userId, known);
    }
    const unknown = userIds.filter((userId) => !people.has(userId));
    const answers = unknown.length > 1 ? await askAll(unknown).catch(unknownWhileAway) : undefined;
    for (const [userId, person] of answers ?? []) people.set(userId, person);
    if (answers !== undefined) return people;
    // One of whom auth can't speak must not hide the others.
    await Promise.all(
      unknown.map(async (userId) => {
        const person = await asOfNow(userId, sayings.get(userId)!).catch(unknownWhileAway);
        if (person !== undefined) people.set(userId, person);
      }),
    );
    return people;
  };
}

/** One person as of now; null: there is none. Rejects with `PeerUnavailable` where nobody can say. */
export async function personNow(people: Pick<PeopleMirror, 'current'>, userId: string): Promise<Person | null> {
  const person = (await people.current([userId])).get(userId);
  if (person === undefined) throw new PeerUnavailable('nobody can say who that is now');
  return person;
}

const unknownWhileAway = (error: unknown): undefined => {
  if (!(error instanceof PeerUnavailable)) throw error;
};

/** An older version never overwrites a newer one; answers the newer. */
async function upsertPerson(documents: Documents<PersonDoc>, person: Person): Promise<Person> {
  const { after } = await upsertNewer(documents, person.id, (stored) =>
    stored !== null && stored.version >= person.version ? null : { _id: person.id, version: person.version, person },
  );
  return wholeOf(after!);
}
