import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPeople, type PeopleMirror, type PersonDoc, sentinelKey } from '@commonpurse/shared/access';
import { type Cache, CacheUnavailable } from '@commonpurse/shared/cache';
import { openRedisCache } from '@commonpurse/shared/cache/redis';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import type { AccessClaims } from '@commonpurse/shared/http';
import { createLogger, PeerRefused, type Peers, PeerUnavailable, systemClock } from '@commonpurse/shared/service';
import { memoryDisk, openTcpProxy, type TcpProxy } from '@commonpurse/shared/testing';
import { forgetKeys, serverUrl } from '@commonpurse/shared/testing/servers';
import { type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

const url = serverUrl('redis');
let prefix: string;
/** Between auth and Redis, and between another service and Redis. */
let ofAuth: TcpProxy;
let ofOther: TcpProxy;
let caches: Cache[];
let auth: TestAuth;
let authIsThere: boolean;
let mirrorStore: DocumentStore;
let people: PeopleMirror;
let ada: SignedIn;

beforeEach(async () => {
  prefix = `test-${randomUUID()}`;
  [ofAuth, ofOther] = await Promise.all([openTcpProxy(url), openTcpProxy(url)]);
  const log = await createLogger({ level: 'silent', name: 'test' });
  const open = (proxy: TcpProxy) =>
    openRedisCache({ url: proxy.through(url), prefix, clock: systemClock, log, timeoutMs: 2_000, checkMs: 50 });
  caches = await Promise.all([open(ofAuth), open(ofOther)]);
  const [cache, otherCache] = caches as [Cache, Cache];
  authIsThere = true;
  auth = await startAuth({ deps: (deps) => ({ ...deps, cache }) });
  mirrorStore = await openJsonStore({ directory: '/mirror', disk: memoryDisk(), clock: systemClock });
  const documents = await mirrorStore.collection<PersonDoc>({ name: 'people', indexes: [] });
  people = createPeople({ documents, cache: otherCache, peers, clock: systemClock });
  ada = await auth.person('ada@example.com');
  await auth.until(async () => (await otherCache.get(sentinelKey)) === otherCache.run());
});
afterEach(async () => {
  await Promise.all([ofAuth.mode('pass'), ofOther.mode('pass')]);
  await auth.stop();
  await mirrorStore.close();
  for (const cache of caches) await cache.close();
  await Promise.all([ofAuth.close(), ofOther.close()]);
  await forgetKeys(prefix);
});

const peers: Peers = {
  get: async <T>(_: string, path: string) => {
    if (!authIsThere) throw new PeerUnavailable('auth is gone');
    const answer = await auth.internal('records').get(path);
    if (answer.status >= 400) throw new PeerRefused('auth', answer.status, answer.body);
    return answer.body as T;
  },
  post: () => Promise.reject(new PeerUnavailable('nobody')),
};

const identify = () => {
  const { sub, sid } = JSON.parse(Buffer.from(ada.token.split('.')[1]!, 'base64url').toString()) as { sub: string; sid: string };
  const claims: AccessClaims = { userId: sub, sessionId: sid, role: 'user', scopes: null, expiresAt: Infinity };
  return people.identify(claims, 'request');
};
const refused = { code: 'unauthenticated', status: 401 };
const signOut = async () => expect((await auth.as(ada).post('/auth/logout')).status).toBe(204);

describe('a session that was signed out', () => {
  beforeEach(async () => {
    expect((await identify()).id).toBe(ada.id);
  });

  test('is over for the next request elsewhere', async () => {
    await signOut();
    await expect(identify()).rejects.toMatchObject(refused);
  });

  test('is over when a Redis that hung goes on, though it does not know of it yet', async () => {
    await Promise.all([ofAuth.mode('blackhole'), ofOther.mode('blackhole')]);
    await signOut();
    await ofOther.mode('pass');
    await auth.until(() => caches[1]!.run() !== null);
    await expect(identify()).rejects.toMatchObject(refused);
    await ofAuth.mode('pass');
    await auth.until(async () => (await auth.stampDebts.count({})) === 0);
    authIsThere = false;
    await expect(identify()).rejects.toMatchObject(refused);
  });

  test('is over while Redis hangs', async () => {
    await Promise.all([ofAuth.mode('blackhole'), ofOther.mode('blackhole')]);
    await signOut();
    await expect(identify()).rejects.toMatchObject(refused);
  });

  test('is over where only auth is cut off from Redis', async () => {
    await ofAuth.mode('refuse');
    await auth.until(() => caches[0]!.run() === null);
    await signOut();
    await expect(identify()).rejects.toMatchObject(refused);
  });

  test('is over where only the other service is cut off from Redis', async () => {
    await ofOther.mode('refuse');
    await auth.until(() => caches[1]!.run() === null);
    await signOut();
    await expect(identify()).rejects.toMatchObject(refused);
  });

  test('is over after Redis was emptied', async () => {
    await signOut();
    await forgetKeys(prefix);
    await expect(identify()).rejects.toMatchObject(refused);
    await auth.until(async () => (await caches[1]!.get(sentinelKey)) === caches[1]!.run());
    await expect(identify()).rejects.toMatchObject(refused);
  });
});

describe('a session that lives', () => {
  test('is known without auth while Redis is there, and by auth while it is not', async () => {
    await identify();
    authIsThere = false;
    expect((await identify()).id).toBe(ada.id);
    authIsThere = true;
    await ofOther.mode('refuse');
    await auth.until(() => caches[1]!.run() === null);
    expect((await identify()).id).toBe(ada.id);
    authIsThere = false;
    await expect(identify()).rejects.toBeInstanceOf(PeerUnavailable);
  });

  test('can not be begun without Redis: no counting, no trying', async () => {
    await ofAuth.mode('refuse');
    await auth.until(() => caches[0]!.run() === null);
    expect((await auth.login('ada@example.com')).status).toBe(503);
    await expect(caches[0]!.get('x')).rejects.toBeInstanceOf(CacheUnavailable);
    await ofAuth.mode('pass');
    await auth.until(async () => (await auth.login('ada@example.com')).status === 200);
  });
});
