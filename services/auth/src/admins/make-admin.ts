import { notFound } from '@commonpurse/shared/http';
import { addressId } from '../accounts/address.ts';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { changeStanding } from './change-standing.ts';

/** The operator's way to the first administrator. Harmless to repeat. 404 where no verified account has the address. */
export async function makeAdmin(deps: Pick<AuthDeps, 'store' | 'changeUser' | 'audit'>, email: string, requestId: string): Promise<User> {
  const user = await deps.store.userByAddress(addressId(email));
  if (user === null) throw notFound();
  return changeStanding(deps, { userId: user._id, role: 'admin', ifMatch: null }, { by: 'system', requestId });
}
