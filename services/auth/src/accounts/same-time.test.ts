import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import type { CollectionDeclaration, Doc, DocumentStore } from '@commonpurse/shared/documents';
import { fakeClock, overriding } from '@commonpurse/shared/testing';
import { goodPassword, startAuth, type TestAuth } from '../testing/start-auth.ts';

/** What the store was asked for. */
const asked: string[] = [];
/** What was asked for an address is carried out no sooner than this resolves: until then the store is asked only what an answer may wait for. */
let carriedOut = Promise.resolve();

const watched = (store: DocumentStore): DocumentStore =>
  overriding(store, {
    collection: async <T extends Doc>(declaration: CollectionDeclaration) => {
      const real = await store.collection<T>(declaration);
      return new Proxy(real, {
        get: (_, name) => {
          const value: unknown = Reflect.get(real, name);
          if (typeof value !== 'function') return value;
          return async (...given: unknown[]) => {
            if (declaration.name === 'address-requests' && name === 'get') await carriedOut;
            asked.push(`${declaration.name}.${String(name)}`);
            return Reflect.apply(value, real, given) as unknown;
          };
        },
      });
    },
  });

const hash = jest.spyOn(bcrypt, 'hash');
const compare = jest.spyOn(bcrypt, 'compare');
let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth({
    clock: fakeClock(),
    env: { RATE_LIMIT_AUTH: 'off' },
    deps: (deps) => ({ ...deps, documents: watched(deps.documents) }),
  });
  await auth.account('owner@example.com');
  await auth.register({ email: 'pending@example.com' });
  await auth.atRest();
});
afterAll(async () => {
  await auth.stop();
  jest.restoreAllMocks();
});

/** The answer's status, and what was done until it was there that takes time: hashes (by their cost) and what the store was asked for. */
async function stepsTo(answer: () => Promise<{ readonly status: number }>): Promise<{ status: number; steps: string[] }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  carriedOut = promise;
  asked.length = 0;
  jest.clearAllMocks();
  const { status } = await answer();
  const hashes = hash.mock.calls.map(([, cost]) => `hash at ${cost}`);
  const comparisons = compare.mock.calls.map(([, of]) => `compare at ${bcrypt.getRounds(of)}`);
  const steps = [...hashes, ...comparisons, ...asked];
  resolve();
  await auth.atRest();
  return { status, steps };
}

describe('known and unknown addresses take the same time: the same steps lead to the answer', () => {
  test.each([
    ['to register', '/auth/register', { password: goodPassword }, 202, ['hash at 4', 'address-requests.insert']],
    ['to ask for a link', '/auth/resend-verification', {}, 202, ['address-requests.insert']],
    ['to ask for a new password', '/auth/forgot-password', {}, 202, ['address-requests.insert']],
    ['to sign in', '/auth/login', { password: 'not the one they chose' }, 401, ['compare at 4', 'addresses.get', 'users.get']],
  ])('%s', async (what, path, fields, status, expected) => {
    for (const email of ['owner@example.com', 'pending@example.com', `${what.replaceAll(' ', '-')}@unknown.example`]) {
      const answered = await stepsTo(() => auth.request('POST', path, { body: { email, ...fields } }));
      expect([email, answered]).toEqual([email, { status, steps: expected }]);
    }
  });
});
