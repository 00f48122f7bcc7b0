import { UserChanged } from '@commonpurse/shared/contracts';
import { eventOfEntry, type Outbox } from '@commonpurse/shared/messaging';
import type { User } from '../accounts/user.ts';
import type { AuthStore } from '../store.ts';
import { personOf } from './person.ts';

/** Every change of a person becomes `user.changed` with the whole person as of now. */
export const userOutbox = ({ users }: Pick<AuthStore, 'users'>): Outbox<User> => ({
  aggregate: 'user',
  documents: users,
  render: (entry, user) => {
    const person = personOf(user);
    return person === null ? [] : [eventOfEntry(UserChanged, entry, user._id, person)];
  },
});
