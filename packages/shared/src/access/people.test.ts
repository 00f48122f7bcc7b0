import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Cache } from '../cache/cache.ts';
import { CacheUnavailable } from '../cache/cache.ts';
import { createMemoryCache } from '../cache/memory/index.ts';
import type { MemoryCache } from '../cache/memory/index.ts';
import { type Documents, type DocumentStore, StoreUnavailable } from '../documents/documents.ts';
import { openJsonStore } from '../documents/json/index.ts';
import type { AccessClaims } from '../http/access-token.ts';
import type { PeerOptions, Peers } from '../service/peers.ts';
import { PeerDistrusts, PeerRefused, PeerUnavailable } from '../service/peers.ts';
import { createFakeAuth, fakeClock, memoryDisk, overriding } from '../testing/index.ts';
import type { FakeAuth, FakeClock, TestUser } from '../testing/index.ts';
import { createPeople, personNow } from './people.ts';
import type { PeopleMirror } from './people.ts';
import type { Person, PersonDoc } from './person.ts';
import { leaseKey, sentinelKey, stampKey } from './person.ts';

let clock: FakeClock;
let cache: MemoryCache;
let auth: FakeAuth;
let store: DocumentStore;
let documents: Documents<PersonDoc>;
let people: PeopleMirror;
let ada: TestUser;

const asPeers = (one: FakeAuth): Peers => ({
  get: async <T>(_: string, path: string) => {
    if (!one.available) throw new PeerUnavailable('auth');
    return structuredClone(one.answer(path)) as T;
  },
  post: () => Promise.reject(new PeerUnavailable('nobody')),
});
const claimsOf = ({ id, sessionId }: TestUser): AccessClaims => ({ userId: id, sessionId, role: 'user', scopes: null, expiresAt: 9e9 });
const identify = (user: TestUser) => people.identify(claimsOf(user), 'r');
const mirrored = (over: Partial<{ cache: Cache }> = {}) => createPeople({ documents, cache, peers: asPeers(auth), clock, ...over });
const refused = { code: 'unauthenticated', status: 401 };

beforeEach(async () => {
  clock = fakeClock();
  cache = createMemoryCache({ clock });
  auth = await createFakeAuth({ cache, clock });
  store = await openJsonStore({ directory: '/s', disk: memoryDisk(), clock });
  documents = await store.collection<PersonDoc>({ name: 'people', indexes: [] });
  people = mirrored();
  ada = await auth.user({ displayName: 'Ada' });
});
afterEach(async () => {
  await store.close();
  await cache.close();
});

describe('A person', () => {
  test('is asked for once, and known from then on', async () => {
    expect(await identify(ada)).toEqual(ada.person);
    auth.available = false;
    expect(await identify(ada)).toEqual(ada.person);
    expect(auth.asked).toBe(1);
  });

  test('who is known costs no disk', async () => {
    await identify(ada);
    const read = jest.spyOn(documents, 'get');
    expect(await identify(ada)).toEqual(ada.person);
    expect(read).not.toHaveBeenCalled();
  });

  test('is known after a restart of the service too', async () => {
    await identify(ada);
    people = mirrored();
    auth.available = false;
    expect(await identify(ada)).toEqual(ada.person);
  });

  test('who was mirrored before there were shares has none', async () => {
    const { grants: _grants, sharedWith: _sharedWith, ...stored } = ada.person;
    await documents.insert({ _id: ada.id, version: stored.version, person: stored as Person });
    expect(await identify(ada)).toEqual(ada.person);
    const later = mirrored();
    await later.subscription.handle(await auth.change(ada.id, {}));
    expect(await later.find(ada.id)).toMatchObject({ grants: [], sharedWith: [] });
  });

  test('who changed is asked for again', async () => {
    await identify(ada);
    await auth.change(ada.id, { displayName: 'Ada L.' });
    expect((await identify(ada)).displayName).toBe('Ada L.');
    expect(auth.asked).toBe(2);
  });

  test('whose session was revoked is refused at once, by every service, without an event', async () => {
    const other = createPeople({ documents, cache, peers: asPeers(auth), clock });
    await identify(ada);
    await auth.revokeSession(ada);
    await expect(identify(ada)).rejects.toMatchObject(refused);
    await expect(other.identify(claimsOf(ada), 'r')).rejects.toMatchObject(refused);
  });

  test('who is disabled, or whom nobody knows, is refused', async () => {
    await auth.change(ada.id, { status: 'disabled' });
    await expect(identify(ada)).rejects.toMatchObject(refused);
    await expect(identify({ ...ada, id: 'nobody' })).rejects.toMatchObject(refused);
    await expect(identify({ ...ada, sessionId: 'other' })).rejects.toMatchObject(refused);
  });

  test('whose session came to its end is refused', async () => {
    await identify(ada);
    clock.advance(91 * 86_400_000);
    await cache.set(sentinelKey, cache.run()!);
    await expect(identify(ada)).rejects.toMatchObject(refused);
  });

  test('nobody can vouch for is an outage, not a refusal', async () => {
    auth.available = false;
    await expect(identify(ada)).rejects.toBeInstanceOf(PeerUnavailable);
  });

  test('is not said to be unknown by an auth that refuses the question itself', async () => {
    for (const status of [401, 429]) {
      const refusing: Peers = { ...asPeers(auth), get: () => Promise.reject(new PeerRefused('auth', status, {})) };
      const mirror = createPeople({ documents, cache, clock, peers: refusing });
      await expect(mirror.identify(claimsOf(ada), 'r')).rejects.toBeInstanceOf(PeerRefused);
      await expect(mirror.find(ada.id)).rejects.toBeInstanceOf(PeerRefused);
    }
  });
});

describe('When the cache forgot', () => {
  test('auth is asked until it has told all stamps again', async () => {
    await identify(ada);
    cache.forgetAll();
    await identify(ada);
    await identify(ada);
    expect(auth.asked).toBe(3);
    auth.available = false;
    await expect(identify(ada)).rejects.toBeInstanceOf(PeerUnavailable);
  });

  test('a revoked session stays revoked', async () => {
    await identify(ada);
    await auth.revokeSession(ada);
    cache.forgetAll();
    await expect(identify(ada)).rejects.toMatchObject(refused);
  });

  test('a stamp counts only in the run it was told in', async () => {
    await identify(ada);
    await cache.set(sentinelKey, 'the run before');
    await identify(ada);
    expect(auth.asked).toBe(2);
  });
});

describe('When the cache is away', () => {
  test('auth is asked', async () => {
    const away = mirrored({ cache: { ...cache, run: () => null } });
    await away.identify(claimsOf(ada), 'r');
    const failing = mirrored({ cache: { ...cache, run: () => 'x', getMany: () => Promise.reject(new CacheUnavailable('gone')) } });
    expect((await failing.identify(claimsOf(ada), 'r')).id).toBe(ada.id);
    expect(auth.asked).toBe(2);
  });

  test('its stamps count for nothing, not even where it holds no sentinel to tell its runs apart by', async () => {
    await identify(ada);
    await cache.delete(sentinelKey);
    await cache.delete(leaseKey);
    const away = mirrored({ cache: { ...cache, run: () => null } });
    auth.available = false;
    await expect(away.identify(claimsOf(ada), 'r')).rejects.toBeInstanceOf(PeerUnavailable);
  });

  test('a bug in it is no outage', async () => {
    const broken = mirrored({ cache: { ...cache, run: () => 'x', getMany: () => Promise.reject(new TypeError('bug')) } });
    await expect(broken.identify(claimsOf(ada), 'r')).rejects.toBeInstanceOf(TypeError);
  });
});

describe('While auth may owe a stamp', () => {
  beforeEach(async () => {
    await identify(ada);
    await cache.delete(leaseKey);
  });

  test('it is asked, and a revocation that is not stamped holds', async () => {
    const stamped = await cache.get(stampKey(ada.id));
    await auth.revokeSession(ada);
    await cache.set(stampKey(ada.id), stamped!);
    await expect(identify(ada)).rejects.toMatchObject(refused);
  });

  test('a stamp is believed where auth is gone: nobody acknowledges anything then', async () => {
    auth.available = false;
    expect(await identify(ada)).toEqual(ada.person);
    await cache.raise(stampKey(ada.id), 2);
    await expect(identify(ada)).rejects.toBeInstanceOf(PeerUnavailable);
  });

  test('no stamp is believed where auth is there and does not take our word: it may have acknowledged anything', async () => {
    const doubting: Peers = { ...asPeers(auth), get: () => Promise.reject(new PeerDistrusts('auth')) };
    await expect(createPeople({ documents, cache, peers: doubting, clock }).identify(claimsOf(ada), 'r')).rejects.toBeInstanceOf(
      PeerDistrusts,
    );
  });

  test('one that does not answer is left alone for a moment, and asked again after it', async () => {
    let calls = 0;
    const silent: Peers = { ...asPeers(auth), get: () => Promise.reject(new PeerUnavailable(`call ${(calls += 1)}`)) };
    const mirror = createPeople({ documents, cache, peers: silent, clock });
    for (let n = 0; n < 5; n += 1) expect((await mirror.identify(claimsOf(ada), 'r')).id).toBe(ada.id);
    expect(calls).toBe(1);
    while (calls === 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await mirror.identify(claimsOf(ada), 'r');
    }
  });

  test('it is asked in the name of the request, and given a second where somebody is known', async () => {
    const asked: (PeerOptions | undefined)[] = [];
    const peers: Peers = {
      ...asPeers(auth),
      get: async <T>(service: 'auth', path: string, options?: PeerOptions) => {
        asked.push(options);
        return asPeers(auth).get<T>(service, path);
      },
    };
    const mirror = createPeople({ documents, cache, peers, clock });
    await mirror.identify(claimsOf(ada), 'request-1');
    const bob = await auth.user();
    await mirror.identify(claimsOf(bob), 'request-2');
    await mirror.find((await auth.user()).id, 'request-3');
    expect(asked).toEqual([{ requestId: 'request-1', timeoutMs: 1_000 }, { requestId: 'request-2' }, { requestId: 'request-3' }]);
  });

  test('a bug in asking it is not taken for its silence', async () => {
    const broken: Peers = { ...asPeers(auth), get: () => Promise.reject(new TypeError('bug')) };
    await expect(createPeople({ documents, cache, peers: broken, clock }).identify(claimsOf(ada), 'r')).rejects.toBeInstanceOf(TypeError);
  });

  test('it is asked about many, too', async () => {
    const bob = await auth.user();
    await identify(bob);
    await cache.delete(leaseKey);
    const stamped = await cache.get(stampKey(ada.id));
    await auth.revokeSession(ada);
    await cache.set(stampKey(ada.id), stamped!);
    expect((await people.current([ada.id, bob.id])).get(ada.id)?.sessions).toEqual([]);
  });

  test('a lease of another run of the cache is none', async () => {
    await cache.set(leaseKey, 'the run before');
    await identify(ada);
    expect(auth.asked).toBe(2);
  });
});

describe('The mirror', () => {
  test('follows events, and an older one never undoes a newer', async () => {
    const second = await auth.change(ada.id, { displayName: 'second' });
    const third = await auth.change(ada.id, { displayName: 'third' });
    await Promise.all([people.subscription.handle(third), people.subscription.handle(second), people.subscription.handle(third)]);
    expect((await people.find(ada.id))?.displayName).toBe('third');
    expect(await documents.get(ada.id)).toMatchObject({ version: 3, person: { displayName: 'third' } });
    expect((await identify(ada)).displayName).toBe('third');
    expect(auth.asked).toBe(0);
  });

  test('is not set back by an answer that was on its way while something newer was learned', async () => {
    const newer = await auth.change(ada.id, { displayName: 'newer' });
    await people.subscription.handle(newer);
    const late = createPeople({ documents, cache, clock, peers: { ...asPeers(auth), get: async <T>() => ada.person as T } });
    await cache.delete(sentinelKey);
    expect((await late.identify(claimsOf(ada), 'r')).version).toBe(2);
  });

  test('knows those it met, and asks about others', async () => {
    expect((await people.find(ada.id))?.id).toBe(ada.id);
    expect((await people.find(ada.id, 'r'))?.id).toBe(ada.id);
    expect(await people.find('nobody')).toBeNull();
    expect(auth.asked).toBe(2);
  });

  test('asks for nothing but people, whatever somebody gives for an id', async () => {
    const answer = jest.spyOn(auth, 'answer');
    expect(await people.find('../changes?since=')).toBeNull();
    expect(await people.current(['a,b', 'c&d'])).toEqual(new Map(['a,b', 'c&d'].map((id) => [id, null])));
    expect(answer.mock.calls).toEqual([['/internal/people/..%2Fchanges%3Fsince%3D'], ['/internal/people?ids=a%2Cb,c%26d']]);
  });

  test('is found as another instance was told: events reach one of them', async () => {
    const other = mirrored();
    expect((await people.find(ada.id))?.displayName).toBe('Ada');
    await identify(ada);
    const renamed: Person = { ...ada.person, displayName: 'Ada Lovelace', version: ada.person.version + 1 };
    await other.subscription.handle({ data: renamed } as never);
    auth.available = false;
    expect((await people.find(ada.id))?.displayName).toBe('Ada Lovelace');
  });

  test('tells many at once, and asks about all that it does not know in one go', async () => {
    const bob = await auth.user();
    await identify(ada);
    const answer = jest.spyOn(auth, 'answer');
    const found = await people.current([ada.id, bob.id, 'nobody']);
    expect(answer.mock.calls).toEqual([[`/internal/people?ids=${bob.id},nobody`]]);
    expect(found).toEqual(
      new Map([
        [ada.id, ada.person],
        [bob.id, bob.person],
        ['nobody', null],
      ]),
    );
    expect(auth.asked).toBe(2);
    auth.available = false;
    expect(await people.find(bob.id)).toEqual(bob.person);
  });

  test('tells who is there and who is not, and of whom nobody can speak neither', async () => {
    expect(await personNow(people, ada.id)).toEqual(ada.person);
    expect(await personNow(people, 'nobody')).toBeNull();
    const bob = await auth.user();
    auth.available = false;
    await expect(personNow(people, bob.id)).rejects.toBeInstanceOf(PeerUnavailable);
  });

  test('does not take a broken store for the silence of auth', async () => {
    const broken = overriding(documents, { insert: () => Promise.reject(new StoreUnavailable('no disk')) });
    const mirror = createPeople({ documents: broken, cache, peers: asPeers(auth), clock });
    for (const ids of [[ada.id], [ada.id, 'nobody']]) await expect(mirror.current(ids)).rejects.toBeInstanceOf(StoreUnavailable);
  });

  test('tells of those who changed what they are now', async () => {
    const bob = await auth.user();
    await people.current([ada.id, bob.id]);
    await auth.change(bob.id, { displayName: 'Bob' });
    const found = await people.current([ada.id, bob.id]);
    expect([...found.values()].map((person) => person?.displayName)).toEqual(['Ada', 'Bob']);
  });

  test('asks about 64 at most in one go', async () => {
    const users = await Promise.all(Array.from({ length: 65 }, () => auth.user()));
    const found = await people.current(users.map(({ id }) => id));
    expect([...found.keys()]).toEqual(users.map(({ id }) => id));
    expect(auth.asked).toBe(2);
  });

  test('asks about many in one go while the cache is away, and knows those it can where auth can not speak of all', async () => {
    const bob = await auth.user();
    const away = mirrored({ cache: { ...cache, run: () => null } });
    expect([...(await away.current([ada.id, bob.id])).keys()]).toEqual([ada.id, bob.id]);
    expect(auth.asked).toBe(1);
    const stuck: Peers = {
      ...asPeers(auth),
      get: async <T>(service: 'auth', path: string) => {
        if (path.includes('?ids=') || path.endsWith(bob.id)) throw new PeerUnavailable('stumbles over bob');
        return asPeers(auth).get<T>(service, path);
      },
    };
    const halting = createPeople({ documents, cache: { ...cache, run: () => null }, peers: stuck, clock });
    expect(await halting.current([ada.id, bob.id])).toEqual(new Map([[ada.id, ada.person]]));
  });
});
