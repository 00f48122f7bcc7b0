import type { PersonState } from '@commonpurse/shared/contracts';
import type { User } from '../accounts/user.ts';

/** An account as the other services know it; null while its address is not verified: to them there is no such person. */
export function personOf(user: User): PersonState | null {
  if (user.personVersion === 0) return null;
  return {
    id: user._id,
    version: user.personVersion,
    status: user.status,
    role: user.role,
    email: user.email,
    displayName: user.profile.displayName,
    locale: user.profile.locale,
    timeZone: user.profile.timeZone,
    baseCurrency: user.profile.baseCurrency,
    monthStartDay: user.profile.monthStartDay,
    sessions: user.sessions.map(({ id, until }) => ({ id, until })),
    keys: (user.apiKeys ?? []).map(({ id, expiresAt }) => ({ id, until: expiresAt })),
    grants: [...(user.grants ?? [])],
    sharedWith: [...(user.sharedWith ?? [])],
  };
}
