import { UserChanged } from '@commonpurse/shared/contracts';
import { type Change, type Draft, type OutboxEntry, StaleVersion } from '@commonpurse/shared/documents';
import { entryOf } from '@commonpurse/shared/messaging';
import type { Clock } from '@commonpurse/shared/service';
import type { User, UserChange } from '../accounts/user.ts';
import type { AuthStore } from '../store.ts';
import type { Stamps } from './stamps.ts';

/** Who caused a change, in which request. */
export interface Origin {
  readonly by: string;
  readonly requestId: string;
}

/** What was decided about an account. */
export interface Decision<R> {
  /** null: nothing is written. */
  readonly change: UserChange | null;
  /** The change concerns what other services know of the person: the stamp is raised, they and the history are told. */
  readonly told?: { readonly action: string; readonly change: Change | null };
  /** Another write has just made this very change, and its stamp may not be raised yet: this one resolves only once it is. */
  readonly standsAlready?: boolean;
  /** The change shows in the profile. */
  readonly showsInProfile?: boolean;
  readonly result: R;
}

/** Loads, decides, saves by compare-and-set; decides again on what is there now when another write came first. By the time it resolves
 *  every service knows: the stamp is raised. null: there is no such account. What `decide` throws passes through, with nothing written. */
export type ChangeUser = <R>(
  userId: string,
  origin: Origin,
  decide: (user: User, nowMs: number) => Decision<R>,
) => Promise<{ readonly user: User; readonly result: R } | null>;

export function createChangeUser(deps: { store: Pick<AuthStore, 'users'>; stamps: Pick<Stamps, 'raise'>; clock: Clock }): ChangeUser {
  const { store, stamps, clock } = deps;
  const save = (user: User, decision: Decision<unknown>, origin: Origin, nowMs: number): Promise<User> => {
    const next = nextUser(user, decision);
    return store.users.replace(next, user.version, entriesOf(next, decision, origin, nowMs));
  };
  return async (userId, origin, decide) => {
    for (;;) {
      const user = await store.users.get(userId);
      if (user === null) return null;
      const nowMs = clock.now();
      const decision = decide(user, nowMs);
      const isKnown = decision.told !== undefined || decision.standsAlready === true;
      try {
        const saved = decision.change === null ? user : await save(user, decision, origin, nowMs);
        if (isKnown) await stamps.raise(saved._id, saved.personVersion);
        return { user: saved, result: decision.result };
      } catch (error) {
        if (!(error instanceof StaleVersion)) throw error;
      }
    }
  };
}

/** The account after the decision, every counter moved by what it counts. */
const nextUser = (user: User, decision: Decision<unknown>): Draft<User> => ({
  ...user,
  ...decision.change,
  version: user.version + 1,
  personVersion: user.personVersion + (decision.told ? 1 : 0),
  profileVersion: user.profileVersion + (decision.showsInProfile ? 1 : 0),
});

function entriesOf(user: Draft<User>, { told }: Decision<unknown>, origin: Origin, nowMs: number): readonly OutboxEntry[] {
  if (!told) return [];
  return [
    entryOf(UserChanged, {
      aggregateId: user._id,
      version: user.personVersion,
      at: new Date(nowMs).toISOString(),
      by: origin.by,
      requestId: origin.requestId,
      action: told.action,
      change: told.change,
    }),
  ];
}
