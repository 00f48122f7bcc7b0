import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
let made = 0;
beforeAll(async () => {
  auth = await startAuth({ env: { RATE_LIMIT_AUTH: 'off' } });
  await auth.account('owner@example.com');
  await auth.register({ email: 'pending@example.com' });
});
afterAll(() => auth.stop());

const pairs = 200;
const pairsMax = 4_000;
/** Beyond this, chance is to blame once in a million runs. */
const zMax = 5;

const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
};

/** Pairs of durations, each pair measured side by side: what slows the machine down slows both. The order is turned round each time, so that
 *  each follows itself as often as the other: what the one before left to be done slows both alike. On a busy machine it takes more of them
 *  to tell anything. */
async function measure(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<[number, number][]> {
  const some = async (count: number): Promise<[number, number][]> => {
    const found: [number, number][] = [];
    for (let n = 0; n < count; n++) {
      const swapped = n % 2 === 1;
      const a = await timed(swapped ? second : first);
      const b = await timed(swapped ? first : second);
      found.push(swapped ? [b, a] : [a, b]);
    }
    return found;
  };
  await some(20);
  const found = await some(pairs);
  while (!tellsFourTimes(found) && found.length < pairsMax) found.push(...(await some(pairs)));
  return found;
}

/** Sign test: how far the number of pairs whose first took longer is from a half, in standard deviations. */
const z = (found: readonly (readonly [number, number])[]): number =>
  (found.filter(([a, b]) => a > b).length - found.length / 2) / Math.sqrt(found.length / 4);

/** A hash left out makes far more of it. */
const tellsFourTimes = (found: readonly (readonly [number, number])[]): boolean => z(found.map(([a, b]) => [a * 4, b])) > zMax;

/** One that is an account's as soon as it was asked for; all others stay what they are, so that the same are asked for again and again. */
const unknown = (): string => `unknown-${++made}@example.com`;
const nobody = 'nobody@example.com';
const wrong = 'not the one they chose';
const post = (path: string, body: object) => () => auth.request('POST', path, { body });

describe('known and unknown addresses take the same time', () => {
  test.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ['to sign in', () => auth.login('owner@example.com', wrong), () => auth.login(nobody, wrong)],
    ['to sign in before the address is verified', () => auth.login('pending@example.com', wrong), () => auth.login(nobody, wrong)],
    ['to register, of an owner', () => auth.register({ email: 'owner@example.com' }), () => auth.register({ email: unknown() })],
    ['to register again', () => auth.register({ email: 'pending@example.com' }), () => auth.register({ email: unknown() })],
    [
      'to ask for a link',
      post('/auth/resend-verification', { email: 'pending@example.com' }),
      post('/auth/resend-verification', { email: nobody }),
    ],
    [
      'to ask for a new password',
      post('/auth/forgot-password', { email: 'owner@example.com' }),
      post('/auth/forgot-password', { email: nobody }),
    ],
  ])('%s', async (_what, known, other) => {
    const found = await measure(known, other);
    expect(Math.abs(z(found))).toBeLessThan(zMax);
    expect(tellsFourTimes(found)).toBe(true);
  });
});
