import { generateKeyPairSync } from 'node:crypto';
import { createMemoryCache, type MemoryCache } from '@commonpurse/shared/cache/memory';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { createSecretBox, readEncryptionKeys } from '@commonpurse/shared/secrets';
import { followAuthKeys, loggerTo, type Peers } from '@commonpurse/shared/service';
import { type FakeClock, fakeClock, memoryDisk, overriding } from '@commonpurse/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthStore, openAuthStore } from '../store.ts';
import { testSecrets } from '../testing/start-auth.ts';
import { openSigningKey, type SigningKey } from './signing-key.ts';
import { openSigningKeys, type SigningKeys } from './signing-keys.ts';

const configured = openSigningKey(testSecrets.JWT_PRIVATE_KEY);
const secrets = createSecretBox(readEncryptionKeys(testSecrets.ENCRYPTION_KEYS));
const log = loggerTo({ write: () => {} }, { level: 'silent', name: 'auth' });
const newKey = (): SigningKey =>
  openSigningKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());

describe('two instances of auth', () => {
  let clock: FakeClock;
  let cache: MemoryCache;
  let store: AuthStore;
  let close: () => Promise<void>;
  let running: SigningKeys[];
  beforeEach(async () => {
    clock = fakeClock();
    cache = createMemoryCache({ clock });
    const documents = await openJsonStore({ directory: '/store', disk: memoryDisk(), clock });
    store = await openAuthStore(documents);
    close = () => documents.close();
    running = [];
  });
  afterEach(async () => {
    for (const { job } of running) await job.stop();
    await close();
    await cache.close();
  });
  const start = async (own: Pick<AuthStore, 'signingKeys'> = store): Promise<SigningKeys> => {
    const signing = await openSigningKeys({ store: own, cache, secrets, clock, log, configured });
    await signing.job.start();
    running.push(signing);
    return signing;
  };
  const signsWith = async (signing: SigningKeys, { kid }: SigningKey): Promise<void> => {
    while (signing.current().kid !== kid) await new Promise((resolve) => setImmediate(resolve));
  };

  test('sign with the key that one was given in place of a stolen one, and no service takes the stolen one any more', async () => {
    const [first, second, next] = [await start(), await start(), newKey()];
    // always told by the one that has not made the key
    const peers = { get: async () => second.jwks() } as unknown as Peers;
    const keys = followAuthKeys({ peers, cache, clock });
    expect(await keys.keyFor(configured.kid)).not.toBeNull();
    await first.add(next, { compromised: true });
    await signsWith(second, next);
    expect(await keys.keyFor(configured.kid)).toBeNull();
    expect(await keys.keyFor(next.kid)).not.toBeNull();
  });

  test('need no hint for it: the other one looks every 15 s', async () => {
    const [first, second, next] = [await start(), await start(), newKey()];
    await cache.close();
    await first.add(next, { compromised: true });
    expect(second.current().kid).toBe(configured.kid);
    clock.advance(15_000);
    await signsWith(second, next);
  });

  test('go back to no key that was read before the last one was made', async () => {
    await start();
    const release = Promise.withResolvers<void>();
    let late = false;
    const find: typeof store.signingKeys.find = async (...query) => {
      const found = await store.signingKeys.find(...query);
      if (late) {
        late = false;
        await release.promise;
      }
      return found;
    };
    const [signing, next] = [await start({ signingKeys: overriding(store.signingKeys, { find }) }), newKey()];
    late = true;
    const looking = signing.verification.keyFor('made-up');
    while (late) await new Promise((resolve) => setImmediate(resolve));
    await signing.add(next, { compromised: true });
    release.resolve();
    await looking;
    expect(signing.current().kid).toBe(next.kid);
  });
});
