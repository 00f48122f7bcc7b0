import type { KeyObject } from 'node:crypto';
import type { RunningSystem } from '../../e2e/support/launch.ts';
import { type Person, signIn, signUp } from '../../e2e/support/person.ts';
import type { Door, Doors } from '../support/doors.ts';
import { asService } from '../support/services.ts';
import { decodePart, resigned, signingKeyOf } from '../support/tokens.ts';
import { createKeyRing, scopes } from './keys.ts';
import type { Row } from './routes.ts';

/** Who asks for the owner's things. The keys are the owner's, too; what a neighbour was given does not cover the things that are asked for. */
export const actors = [
  ...(['anonymous', 'expired', 'signed out', 'disabled'] as const),
  ...(['stranger', 'neighbour', 'viewer', 'editor', 'owner', 'admin'] as const),
  ...(['a key without the scope', 'a key with just the scope'] as const),
];
export type Actor = (typeof actors)[number];

/** What becomes of a request that is in order: it is let in; the thing is as if it were absent; or a refusal of whoever is like this one. */
type Fate = 'in' | 'absent' | Refused;
type Refused = readonly [status: number, code: string];

const unauthenticated: Refused = [401, 'unauthenticated'];
const insufficient: Refused = [403, 'insufficient-scope'];
const forbidden: Refused = [403, 'forbidden'];

/** Who this one is, whatever is asked for; null: somebody who is signed in, or as good as that here. */
export function turnedAway(actor: Actor, { admits }: Row): Refused | null {
  if (['anonymous', 'expired', 'signed out', 'disabled'].includes(actor)) return unauthenticated;
  if (actor === 'a key without the scope') return insufficient;
  if (actor === 'a key with just the scope') return admits.includes(':') ? null : insufficient;
  return admits === 'admin' && actor !== 'admin' ? forbidden : null;
}

/** What an actor may expect of a route that does not say `anyone`. */
export function fateOf(actor: Actor, row: Row): Fate {
  const away = turnedAway(actor, row);
  if (away !== null) return away;
  if (row.of === undefined || row.admits === 'admin' || actor === 'owner' || actor === 'a key with just the scope') return 'in';
  if ((actor !== 'viewer' && actor !== 'editor') || row.shared === undefined) return 'absent';
  return row.shared === 'view' || (row.shared === 'edit' && actor === 'editor') ? 'in' : forbidden;
}

export interface Cast {
  readonly owner: Person;
  readonly stranger: Person;
  /** What they send as their credentials, for this route and at this door. */
  credentials(actor: Actor, row: Row, door: Door['name']): Promise<string | undefined>;
}

/** One of each. */
export async function castIn(system: RunningSystem, doors: Doors): Promise<Cast> {
  const owner = await signUp(system, 'owner@home.example', { baseCurrency: 'EUR' });
  const join = (name: string): Promise<Person> => signUp(system, `${name}@elsewhere.example`);
  const [stranger, neighbour, viewer] = [await join('stranger'), await join('neighbour'), await join('viewer')];
  const [editor, admin, disabled] = [await join('editor'), await join('admin'), await join('disabled')];
  const gone = await signIn(system, owner.email);
  await done(gone.post('/auth/logout', {}));
  await promote(doors, admin);
  await done(admin.call('PATCH', `/admin/users/${disabled.id}`, { body: { status: 'disabled' } }));
  await share(owner, { viewer, editor, neighbour });
  const signingKey = await signingKeyOf(system.dataDir);
  const past = Math.floor(Date.now() / 1000) - 3600;
  const expired = resigned(owner.tokens.accessToken, signingKey, { iat: past - 900, exp: past });
  const persons: Partial<Record<Actor, Person>> = { 'signed out': gone, disabled, stranger, neighbour, viewer, editor, owner, admin };
  const keys = createKeyRing(owner, doors);
  const credentials: Cast['credentials'] = async (actor, { admits }, door) => {
    if (actor === 'expired') return expired;
    // what takes no key has no scope of its own: every other one does not help
    if (actor === 'a key without the scope')
      return keys.credentials(
        scopes.filter((scope) => scope !== admits),
        door,
      );
    if (actor === 'a key with just the scope') return keys.credentials(scopes.includes(admits) ? [admits] : scopes, door);
    const person = persons[actor];
    if (person !== undefined) prolong(person, signingKey);
    return person?.tokens.accessToken;
  };
  return { owner, stranger, credentials };
}

/** As if signed in anew when the token is about to end: asking for everything may take longer than one lives. */
function prolong({ tokens }: Person, signingKey: KeyObject): void {
  const now = Math.floor(Date.now() / 1000);
  if (Number(decodePart(tokens.accessToken, 1)['exp']) - now > 600) return;
  tokens.accessToken = resigned(tokens.accessToken, signingKey, { iat: now, exp: now + 900 });
}

async function promote(doors: Doors, { email }: Person): Promise<void> {
  await done(asService(doors, 'auth', 'POST', '/internal/admins', { email }));
}

/** All of the owner's records and budgets to the one to see and to the other to change; to the neighbour only what nobody asks for here. */
async function share(owner: Person, { viewer, editor, neighbour }: Record<'viewer' | 'editor' | 'neighbour', Person>): Promise<void> {
  const aside = await done(
    owner.post('/budgets', { name: 'Aside', amount: '1.00', currency: 'EUR', period: 'yearly', startDate: '2024-01-01' }),
  );
  const all = [{ kind: 'records' }, { kind: 'budgets' }];
  const other = [
    { kind: 'records', types: ['income'] },
    { kind: 'records', categories: ['Elsewhere'] },
    { kind: 'budgets', budgetIds: [aside.body.id] },
  ];
  const grants = [
    { grantee: viewer, access: 'view', scopes: all },
    { grantee: editor, access: 'edit', scopes: all },
    { grantee: neighbour, access: 'edit', scopes: other },
  ];
  for (const { grantee, access, scopes: given } of grants)
    for (const scope of given) await done(owner.post('/users/share-permission', { granteeEmail: grantee.email, access, scope }));
}

async function done<T extends { readonly status: number; readonly text: string }>(asked: Promise<T>): Promise<T> {
  const answer = await asked;
  if (answer.status >= 300) throw new Error(answer.text);
  return answer;
}
