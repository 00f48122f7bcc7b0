import type { RunningSystem } from '../../e2e/support/launch.ts';
import { type Person, signIn, signUp } from '../../e2e/support/person.ts';
import { resigned, signingKeyOf } from '../support/tokens.ts';
import type { Row } from './routes.ts';

/** Who asks. The owner is the one whose things are asked for. */
export type Actor = 'anonymous' | 'expired' | 'signed out' | 'stranger' | 'owner';

/** What becomes of a request that is in order: `in`, or the refusal of everybody like this one. */
export type Fate = 'in' | 'unauthenticated';

/** What an actor may expect of a route that does not say `anyone`; whether the thing is theirs to see is another matter. */
export const fateOf: Readonly<Record<Actor, (row: Row) => Fate>> = {
  anonymous: () => 'unauthenticated',
  expired: () => 'unauthenticated',
  'signed out': () => 'unauthenticated',
  stranger: () => 'in',
  owner: () => 'in',
};

export interface Cast {
  readonly owner: Person;
  readonly stranger: Person;
  /** What each sends as its credentials. */
  readonly tokens: Readonly<Record<Actor, string | undefined>>;
}

/** One of each. */
export async function castIn(system: RunningSystem): Promise<Cast> {
  const owner = await signUp(system, 'owner@home.example', { baseCurrency: 'EUR' });
  const stranger = await signUp(system, 'stranger@elsewhere.example');
  const gone = await signIn(system, owner.email);
  const { status } = await gone.post('/auth/logout', {});
  if (status !== 204) throw new Error(`not signed out: ${status}`);
  const key = await signingKeyOf(system.dataDir);
  const past = Math.floor(Date.now() / 1000) - 3600;
  const tokens = {
    anonymous: undefined,
    expired: resigned(owner.tokens.accessToken, key, { iat: past - 900, exp: past }),
    'signed out': gone.tokens.accessToken,
    stranger: stranger.tokens.accessToken,
    owner: owner.tokens.accessToken,
  };
  return { owner, stranger, tokens };
}
