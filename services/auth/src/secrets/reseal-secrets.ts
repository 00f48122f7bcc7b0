import type { SecretBox } from '@commonpurse/shared/secrets';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { signingKeyPlace } from '../keys/key-ring.ts';
import type { Decision } from '../people/change-user.ts';
import { seedPlace } from '../two-factor/two-factor.ts';

const pageSize = 500;
type Deps = Pick<AuthDeps, 'store' | 'changeUser' | 'secrets'>;

/** Seals anew every secret that an older key of the ring sealed; afterwards that key can be taken out of `ENCRYPTION_KEYS`. Harmless to repeat.
 *  @returns how many there were */
export const resealSecrets = async (deps: Deps, requestId: string): Promise<number> =>
  (await resealSeeds(deps, requestId)) + (await resealSigningKeys(deps));

async function resealSeeds({ store, changeUser, secrets }: Deps, requestId: string): Promise<number> {
  let count = 0;
  let after: string | undefined;
  for (;;) {
    const page: User[] = await store.users.find(
      {},
      { sort: [['_id', 1]], limit: pageSize, ...(after !== undefined && { after: [after] }) },
    );
    for (const { _id, twoFactor } of page) {
      if (!twoFactor || secrets.isCurrent(twoFactor.seed)) continue;
      const changed = await changeUser(_id, { by: 'system', requestId }, (user) => resealed(user, secrets));
      count += changed?.result ?? 0;
    }
    after = page.at(-1)?._id;
    if (page.length < pageSize) return count;
  }
}

function resealed({ _id, twoFactor }: User, secrets: SecretBox): Decision<number> {
  if (!twoFactor || secrets.isCurrent(twoFactor.seed)) return { change: null, result: 0 };
  const place = seedPlace(_id);
  return { change: { twoFactor: { ...twoFactor, seed: secrets.seal(secrets.open(twoFactor.seed, place), place) } }, result: 1 };
}

async function resealSigningKeys({ store, secrets }: Deps): Promise<number> {
  let count = 0;
  for (const key of await store.signingKeys.find({})) {
    if (key.sealedKey === null || secrets.isCurrent(key.sealedKey)) continue;
    const place = signingKeyPlace(key._id);
    const sealedKey = secrets.seal(secrets.open(key.sealedKey, place), place);
    await store.signingKeys.replace({ ...key, version: key.version + 1, sealedKey }, key.version);
    count += 1;
  }
  return count;
}
