import { eventually } from '../../e2e/support/eventually.ts';
import { type Person, personAt, type Place, signIn, signUp } from '../../e2e/support/person.ts';

/** Somebody who uses the system while it is hurt: keeps signing in, and knows a session of theirs that is over. */
export interface Member {
  readonly email: string;
  /** As signed in now; a new access token before the old one expires. */
  now(): Promise<Person>;
  readonly id: string;
  /** Of the one budget that counts everything they spend. */
  readonly budgetId: string;
  /** An access token of a session that was logged out: it must never work again. */
  readonly revoked: string;
}

const freshMs = 8 * 60_000;
export const thresholds = [10, 25, 50, 75, 90, 100];
/** What each member's budget allows in its one period, and what the clients spend at most in one record. */
export const budgetMinor = 4_000;
export const day = '2024-04-02';

/** Registers somebody, with one session that is over and one budget that counts everything. */
export async function join(place: Place, email: string): Promise<Member> {
  const old = await signUp(place, email, { baseCurrency: 'EUR' });
  const signedOut = await old.post('/auth/logout', {});
  if (signedOut.status !== 204) throw new Error(`logout: ${signedOut.text}`);
  let person = await signIn(place, email);
  let signedInAt = performance.now();
  const budget = await person.post('/budgets', {
    name: 'All',
    amount: (budgetMinor / 100).toFixed(2),
    currency: 'EUR',
    period: 'yearly',
    startDate: '2024-01-01',
    alerts: thresholds.map((thresholdPercent) => ({ thresholdPercent, channels: ['in-app'] })),
  });
  if (budget.status !== 201) throw new Error(`budget: ${budget.text}`);
  return {
    email,
    id: person.id,
    budgetId: budget.body.id,
    revoked: old.tokens.accessToken,
    now: async () => {
      if (performance.now() - signedInAt < freshMs) return person;
      person = await again(() => signIn(place, email));
      signedInAt = performance.now();
      return (person = personAt(place, email, person));
    },
  };
}

/** Until it works: for what must succeed once the fault is over. */
const again = <T>(act: () => Promise<T>): Promise<T> =>
  eventually(
    () => act().catch(() => null),
    (result) => result !== null,
    60_000,
  ) as Promise<T>;
