import type { Job } from '@commonpurse/shared/service';
import { searchKeys } from '../accounts/search-keys.ts';
import type { AuthDeps } from '../auth-deps.ts';

const pageSize = 200;

/** Gives accounts from before there was a search what they are found by. */
export function createUserIndexing({ store, changeUser }: Pick<AuthDeps, 'store' | 'changeUser'>): Job {
  return {
    name: 'user-search',
    start: async () => {
      for (;;) {
        const missing = await store.users.find({ search: { $exists: false } }, { limit: pageSize });
        for (const { _id } of missing) {
          await changeUser(_id, { by: 'system', requestId: 'user-search' }, ({ email, profile }) => ({
            change: { search: searchKeys(email, profile.displayName) },
            result: null,
          }));
        }
        if (missing.length < pageSize) return;
      }
    },
    stop: async () => undefined,
  };
}
