import type { RunningSystem } from '../../e2e/support/launch.ts';
import { type Person, signIn, signUp } from '../../e2e/support/person.ts';
import type { Door, Doors } from '../support/doors.ts';
import { resigned, signingKeyOf } from '../support/tokens.ts';
import { createKeyRing, scopes } from './keys.ts';
import type { Row } from './routes.ts';

/** Who asks. The owner is the one whose things are asked for; the keys are the owner's, too. */
export type Actor = 'anonymous' | 'expired' | 'signed out' | 'stranger' | 'owner' | 'a key without the scope' | 'a key with just the scope';

/** What becomes of a request that is in order: `in`, or the refusal of everybody like this one. */
export type Fate = 'in' | readonly [status: number, code: string];

const unauthenticated = [401, 'unauthenticated'] as const;
const forbidden = [403, 'forbidden'] as const;
const insufficient = [403, 'insufficient-scope'] as const;

/** What an actor may expect of a route that does not say `anyone`; whether the thing is theirs to see is another matter. */
export const fateOf: Readonly<Record<Actor, (row: Row) => Fate>> = {
  anonymous: () => unauthenticated,
  expired: () => unauthenticated,
  'signed out': () => unauthenticated,
  stranger: ({ only }) => (only ? forbidden : 'in'),
  owner: ({ only }) => (only ? forbidden : 'in'),
  'a key without the scope': () => insufficient,
  'a key with just the scope': ({ admits }) => (admits === 'session' ? insufficient : 'in'),
};

export interface Cast {
  readonly owner: Person;
  readonly stranger: Person;
  /** What they send as their credentials, for this route and at this door. */
  credentials(actor: Actor, row: Row, door: Door['name']): Promise<string | undefined>;
}

/** One of each. */
export async function castIn(system: RunningSystem, doors: Doors): Promise<Cast> {
  const owner = await signUp(system, 'owner@home.example', { baseCurrency: 'EUR' });
  const stranger = await signUp(system, 'stranger@elsewhere.example');
  const gone = await signIn(system, owner.email);
  const { status } = await gone.post('/auth/logout', {});
  if (status !== 204) throw new Error(`not signed out: ${status}`);
  const signingKey = await signingKeyOf(system.dataDir);
  const past = Math.floor(Date.now() / 1000) - 3600;
  const tokens: Partial<Record<Actor, string>> = {
    expired: resigned(owner.tokens.accessToken, signingKey, { iat: past - 900, exp: past }),
    'signed out': gone.tokens.accessToken,
    stranger: stranger.tokens.accessToken,
    owner: owner.tokens.accessToken,
  };
  const keys = createKeyRing(owner, system, doors);
  const credentials: Cast['credentials'] = async (actor, { admits }, door) => {
    // sessions have no scope of their own: every other one does not help
    if (actor === 'a key without the scope')
      return keys.credentials(
        scopes.filter((scope) => scope !== admits),
        door,
      );
    if (actor === 'a key with just the scope') return keys.credentials(admits === 'session' ? scopes : [admits], door);
    return tokens[actor];
  };
  return { owner, stranger, credentials };
}
