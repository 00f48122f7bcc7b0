import { type Draft, upsertNewer } from '@commonpurse/shared/documents';
import { SecretUnreadable, type SecretBox } from '@commonpurse/shared/secrets';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { signingKeyPlace, type StoredSigningKey } from '../keys/key-ring.ts';
import type { Decision } from '../people/change-user.ts';
import { seedPlace } from '../two-factor/two-factor.ts';

const pageSize = 500;
type Deps = Pick<AuthDeps, 'store' | 'changeUser' | 'secrets' | 'log'>;

interface Resealed {
  /** How many there were. */
  readonly resealed: number;
  /** Those whose key is not in the ring any more; the log names each. They stay as they are. */
  readonly unreadable: number;
}

/** Seals anew every secret that an older key of the ring sealed; afterwards that key can be taken out of `ENCRYPTION_KEYS`. Harmless to repeat. */
export async function resealSecrets(deps: Deps, requestId: string): Promise<Resealed> {
  const done = { resealed: 0, unreadable: 0 };
  /** What can't be read must not keep the others from being sealed anew, or one lost key would keep all others in the ring. */
  const attempt = async (reseal: () => Promise<number>): Promise<void> => {
    try {
      done.resealed += await reseal();
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      done.unreadable += 1;
      deps.log.error({ err: error, requestId }, 'a secret can not be read; it stays sealed as it is');
    }
  };
  await resealSeeds(deps, requestId, attempt);
  await resealSigningKeys(deps, attempt);
  return done;
}

type Attempt = (reseal: () => Promise<number>) => Promise<void>;

async function resealSeeds({ store, changeUser, secrets }: Deps, requestId: string, attempt: Attempt): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const page: User[] = await store.users.find(
      {},
      { sort: [['_id', 1]], limit: pageSize, ...(after !== undefined && { after: [after] }) },
    );
    for (const { _id, twoFactor } of page) {
      if (!twoFactor || secrets.isCurrent(twoFactor.seed)) continue;
      await attempt(async () => {
        const changed = await changeUser(_id, { by: 'system', requestId }, (user) => resealed(user, secrets));
        return changed?.result ?? 0;
      });
    }
    after = page.at(-1)?._id;
    if (page.length < pageSize) return;
  }
}

function resealed({ _id, twoFactor }: User, secrets: SecretBox): Decision<number> {
  if (!twoFactor || secrets.isCurrent(twoFactor.seed)) return { change: null, result: 0 };
  const place = seedPlace(_id);
  return { change: { twoFactor: { ...twoFactor, seed: secrets.seal(secrets.open(twoFactor.seed, place), place) } }, result: 1 };
}

async function resealSigningKeys({ store, secrets }: Deps, attempt: Attempt): Promise<void> {
  for (const key of await store.signingKeys.find({})) {
    await attempt(async () => {
      const { before, after } = await upsertNewer(store.signingKeys, key._id, (now) => now && resealedKey(now, secrets), key);
      return before === after ? 0 : 1;
    });
  }
}

/** null: there is nothing to be sealed anew, or no more since it was read. */
function resealedKey(key: StoredSigningKey, secrets: SecretBox): Draft<StoredSigningKey> | null {
  const { _id, version, sealedKey } = key;
  if (sealedKey === null || secrets.isCurrent(sealedKey)) return null;
  const place = signingKeyPlace(_id);
  return { ...key, version: version + 1, sealedKey: secrets.seal(secrets.open(sealedKey, place), place) };
}
