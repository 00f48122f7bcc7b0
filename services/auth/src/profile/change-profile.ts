import { checkIfMatch, type IfMatch, notFound } from '@commonpurse/shared/http';
import { searchKeys } from '../accounts/search-keys.ts';
import type { Profile, User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';

/** Replaces the profile. 412 where `ifMatch` does not name its version. */
export async function changeProfile(
  { changeUser, audit }: Pick<AuthDeps, 'changeUser' | 'audit'>,
  command: { readonly userId: string; readonly profile: Profile; readonly ifMatch: IfMatch },
  client: Client,
): Promise<User> {
  const { userId, profile, ifMatch } = command;
  const changed = await changeUser(userId, { by: userId, requestId: client.requestId }, (user) => {
    checkIfMatch(user.profileVersion, ifMatch);
    return {
      change: { profile, search: searchKeys(user.email, profile.displayName) },
      told: { action: 'updated', change: { before: { ...user.profile }, after: { ...profile } } },
      showsInProfile: true,
      result: null,
    };
  });
  if (changed === null) throw notFound();
  audit.info('user_updated', { userId, requestId: client.requestId, ip: client.ip });
  return changed.user;
}
