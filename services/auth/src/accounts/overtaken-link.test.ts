import { expect, test } from '@jest/globals';
import type { Documents } from '@commonpurse/shared/documents';
import type { ServiceDeps } from '@commonpurse/shared/service';
import { overriding } from '@commonpurse/shared/testing';
import { startAuth } from '../testing/start-auth.ts';
import type { User } from './user.ts';

/** Whoever is the first to verify an address meets this before it is written. */
const beforeFirstVerified =
  (meet: () => Promise<void>) =>
  (deps: ServiceDeps): ServiceDeps => {
    let met = false;
    const slowly = (users: Documents<User>): Partial<Documents<User>> => ({
      replace: async (draft, version, entries) => {
        if (!met && draft.verifiedAt !== null) {
          met = true;
          await meet();
        }
        return users.replace(draft, version, entries);
      },
    });
    const collection: ServiceDeps['documents']['collection'] = async (declaration) => {
      const opened = await deps.documents.collection(declaration);
      return (declaration.name === 'users' ? overriding(opened as never, slowly(opened as never)) : opened) as never;
    };
    return { ...deps, documents: overriding(deps.documents, { collection }) };
  };

test('a link is worth nothing to who had found it good and is overtaken by somebody who uses it', async () => {
  const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const meet = (): Promise<void> => {
    reached.resolve();
    return held.promise;
  };
  const auth = await startAuth({ deps: beforeFirstVerified(meet) });
  await auth.register({ email: 'ada@example.com' });
  const token = await auth.tokenFor('ada@example.com');
  const verify = () => auth.request('POST', '/auth/verify-email', { body: { token } });
  const slow = verify();
  await reached.promise;
  expect((await verify()).status).toBe(200);
  held.resolve();
  expect((await slow).body).toMatchObject({ status: 400, code: 'token-invalid' });
  await auth.stop();
});
