import { mayAct, type People } from '@commonpurse/shared/access';
import { unauthenticated } from '@commonpurse/shared/http';
import type { Clock } from '@commonpurse/shared/service';
import type { AuthStore } from '../store.ts';
import { personOf } from './person.ts';

/** Who the people are, straight from where they are kept: auth needs no mirror. */
export function ownPeople({ store, clock }: { store: Pick<AuthStore, 'users'>; clock: Clock }): People {
  const find: People['find'] = async (userId) => {
    const user = await store.users.get(userId);
    return user === null ? null : personOf(user);
  };
  return {
    find,
    identify: async (claims, requestId) => {
      const person = await find(claims.userId, requestId);
      if (person === null || !mayAct(person, claims, clock.now())) throw unauthenticated();
      return person;
    },
  };
}
