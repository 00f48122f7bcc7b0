import type { KeyObject } from 'node:crypto';
import { DuplicateKey } from '@commonpurse/shared/documents';
import { jwkOf, type Jwks, type JwksDocument, keysOf } from '@commonpurse/shared/http';
import { type SecretBox, SecretUnreadable } from '@commonpurse/shared/secrets';
import { type Clock, createRepetition, instantOf, type Job, keysChannel, type ServiceDeps } from '@commonpurse/shared/service';
import type { AuthStore } from '../store.ts';
import { currentKey, leadMs, publishedKeys, signingKeyPlace, spentKeys, type StoredSigningKey } from './key-ring.ts';
import { openSigningKey, type SigningKey } from './signing-key.ts';

/** The keys of all instances, as they stand in the store. */
export interface SigningKeys {
  /** The one to sign with now. */
  current(): { readonly kid: string; readonly privateKey: KeyObject };
  /** What everybody verifies by. */
  jwks(): JwksDocument;
  /** For auth itself, which need not ask anybody; a key that another instance has made is found too. */
  readonly verification: Jwks;
  /** Shown at once; signs after a while, or with `compromised` at once and alone. */
  add(key: SigningKey, options?: { readonly compromised?: boolean }): Promise<StoredSigningKey>;
  readonly job: Job;
}

interface SigningKeysOptions extends Pick<ServiceDeps, 'log' | 'cache'> {
  readonly store: Pick<AuthStore, 'signingKeys'>;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  /** `JWT_PRIVATE_KEY`: the first key there is; another one in its place is a rotation. */
  readonly configured: SigningKey;
}

/** How late an instance may learn of a key that another one has made, if the hint was lost: long before it signs. */
const lookEveryMs = 15_000;
/** A key that is not known here may be another instance's newest. */
const unknownEveryMs = 5_000;

export async function openSigningKeys(options: SigningKeysOptions): Promise<SigningKeys> {
  const { store, clock, cache } = options;
  const opener = createOpener(options);
  let ring: readonly StoredSigningKey[] = [];
  const look = async (): Promise<void> => {
    const found = await store.signingKeys.find({});
    // keys only become more: a shorter ring is one that was read before
    if (found.length < ring.length) return;
    const more = found.length > ring.length;
    ring = found;
    opener.open(publishedKeys(ring, clock.now()));
    if (more) await cache.publish(keysChannel, '').catch(() => undefined);
  };
  const add: SigningKeys['add'] = async (key, { compromised = false } = {}) => {
    const added = await keep(options, key, { signsFromMs: clock.now() + (compromised ? 0 : leadMs), endsOlder: compromised });
    await look();
    return added;
  };
  const jwks = (): JwksDocument => ({ keys: publishedKeys(ring, clock.now()).map(publicJwk) });
  await look();
  if (ring.length === 0) await keep(options, options.configured, { signsFromMs: 0, endsOlder: false });
  else if (!ring.some(({ _id }) => _id === options.configured.kid)) await add(options.configured);
  await look();
  signer(ring, opener.opened, clock.now());
  return {
    current: () => signer(ring, opener.opened, clock.now()),
    jwks,
    verification: createOwnVerification(jwks, look, clock),
    add,
    job: createLookout(options, look, () => spentKeys(ring, clock.now())),
  };
}

const publicJwk = ({ _id, x, y }: StoredSigningKey): JwksDocument['keys'][number] => ({
  kty: 'EC',
  crv: 'P-256',
  x,
  y,
  kid: _id,
  use: 'sig',
  alg: 'ES256',
});

/** The key whose turn it is; where its private half can't be read, the newest whose can.
 *  @throws SecretUnreadable where there is none */
function signer(ring: readonly StoredSigningKey[], opened: (kid: string) => SigningKey | undefined, nowMs: number): SigningKey {
  const readable = ring.filter(({ _id }) => opened(_id) !== undefined);
  const kid = (currentKey(ring, nowMs, readable) ?? publishedKeys(ring, nowMs).findLast((key) => readable.includes(key)))?._id;
  const key = kid === undefined ? undefined : opened(kid);
  if (key !== undefined) return key;
  throw new SecretUnreadable('ENCRYPTION_KEYS can not read the signing key: bring the missing key back, or set another JWT_PRIVATE_KEY');
}

/** Private keys, unsealed once. What is configured need not be unsealed. */
function createOpener({ secrets, configured, log }: SigningKeysOptions) {
  const known = new Map<string, SigningKey>([[configured.kid, configured]]);
  const unreadable = new Set<string>();
  return {
    open: (keys: readonly StoredSigningKey[]): void => {
      for (const { _id, sealedKey } of keys) {
        if (known.has(_id) || unreadable.has(_id) || sealedKey === null) continue;
        try {
          known.set(_id, openSigningKey(secrets.open(sealedKey, signingKeyPlace(_id))));
        } catch (error) {
          if (!(error instanceof SecretUnreadable)) throw error;
          unreadable.add(_id);
          log.error({ err: error, kid: _id }, 'a signing key can not be read; it only verifies');
        }
      }
    },
    opened: (kid: string): SigningKey | undefined => known.get(kid),
  };
}

/** Inserts the key, unless another instance was first. */
async function keep(
  { store, secrets, clock }: SigningKeysOptions,
  key: SigningKey,
  { signsFromMs, endsOlder }: { readonly signsFromMs: number; readonly endsOlder: boolean },
): Promise<StoredSigningKey> {
  const { x, y } = jwkOf(key.publicKey, key.kid) as { x: string; y: string };
  try {
    return await store.signingKeys.insert({
      _id: key.kid,
      version: 1,
      sealedKey: secrets.seal(key.pem, signingKeyPlace(key.kid)),
      x,
      y,
      createdAt: instantOf(clock),
      signsFrom: new Date(signsFromMs).toISOString(),
      endsOlder,
    });
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    return (await store.signingKeys.get(key.kid))!;
  }
}

/** What is shown to others counts here too, from the same moment to the same moment. Ids that nobody made cost a look now and then. */
function createOwnVerification(jwks: () => JwksDocument, look: () => Promise<void>, clock: Clock): Jwks {
  const read = new Map<string, KeyObject>();
  let lookedAt = -Infinity;
  const find = (kid: string): KeyObject | null => {
    const shown = jwks().keys.find((key) => key['kid'] === kid);
    if (shown === undefined) return null;
    const key = read.get(kid) ?? keysOf({ keys: [shown] }).get(kid)!;
    read.set(kid, key);
    return key;
  };
  return {
    keyFor: async (kid) => {
      const known = find(kid);
      if (known !== null || clock.now() - lookedAt < unknownEveryMs) return known;
      lookedAt = clock.now();
      await look();
      return find(kid);
    },
  };
}

/** Looks for what other instances have made, on their hint and now and then, and drops the private halves of keys that are over. */
function createLookout({ store, clock, log, cache }: SigningKeysOptions, look: () => Promise<void>, spent: () => StoredSigningKey[]): Job {
  const run = async (): Promise<void> => {
    await look();
    for (const key of spent()) await store.signingKeys.replace({ ...key, version: key.version + 1, sealedKey: null }, key.version);
  };
  const failed = (error: unknown): void => log.warn({ err: error }, 'the signing keys could not be looked at');
  const looking = createRepetition({ clock, everyMs: lookEveryMs, run, failed, pauseFirst: true });
  let unsubscribe = async (): Promise<void> => {};
  return {
    name: 'signing-keys',
    start: async () => {
      unsubscribe = await cache.subscribe(keysChannel, () => void look().catch(failed));
      await looking.start();
    },
    stop: async () => {
      await Promise.all([unsubscribe(), looking.stop()]);
    },
  };
}
