import { UserErased } from '../contracts/index.ts';
import type { Subscription } from '../messaging/bus.ts';
import type { PersonalData } from './personal-data.ts';

/** Acknowledged once nothing of theirs is left; told again, there is nothing to do. From the beginning: who was away must not miss it. */
export const onUserErased = (personal: Pick<PersonalData, 'erase'>): Subscription<UserErased> => ({
  event: UserErased,
  from: 'beginning',
  handle: (event) => personal.erase(event.data.userId),
});
