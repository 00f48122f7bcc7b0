import { unauthenticated } from '@commonpurse/shared/http';
import type { User } from '../accounts/user.ts';

/** For what gives or changes a way into the account: whoever asked was let in by this session, and it may have been ended since. What they asked must
 *  not outlast it.
 *  @throws Refusal 401 */
export function demandSession({ sessions }: Pick<User, 'sessions'>, sessionId: string): void {
  if (!sessions.some(({ id }) => id === sessionId)) throw unauthenticated();
}
