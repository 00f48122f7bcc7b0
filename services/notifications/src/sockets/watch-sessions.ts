import type { Person } from '@commonpurse/shared/access';
import { sessionLives } from '@commonpurse/shared/access';
import { type Clock, PeerUnavailable, type ServiceDeps } from '@commonpurse/shared/service';
import { closeCode } from './close-code.ts';
import type { SocketHost } from './host-sockets.ts';

export interface SessionWatchDeps {
  readonly host: SocketHost;
  /** These people as of now, asked in one go; null: gone. Rejects when nobody can say. */
  readonly peopleNow: (userIds: readonly string[]) => Promise<ReadonlyMap<string, Person | null>>;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
}
/** Ends the sockets of sessions that are over. */
export interface SessionWatch {
  /** Looks at everybody who is connected. */
  look(): Promise<void>;
  /** Somebody has changed. */
  changed(person: Person): void;
}

/** How long sockets stay open while nobody can say whether their sessions live. */
const unknownMsMax = 10_000;

export function createSessionWatch({ host, peopleNow, clock, log }: SessionWatchDeps): SessionWatch {
  let knownAt = clock.now();
  const end = (userId: string, person: Person | null): void => {
    for (const connection of host.connections) {
      const { holder } = connection;
      if (holder.userId === userId && (person === null || !sessionLives(person, holder.sessionId, clock.now()))) connection.endSession();
    }
  };
  return {
    changed: (person) => end(person.id, person),
    async look() {
      try {
        const people = await peopleNow(host.userIds);
        knownAt = clock.now();
        for (const connection of host.connections) {
          const { userId, sessionId } = connection.holder;
          const person = people.get(userId);
          // Undefined: came while we were asking.
          if (person !== undefined && (person === null || !sessionLives(person, sessionId, clock.now()))) connection.endSession();
        }
      } catch (error) {
        if (!(error instanceof PeerUnavailable)) log.warn({ err: error }, 'sessions of open sockets could not be checked');
        if (clock.now() - knownAt >= unknownMsMax) host.closeAll(closeCode.tryAgainLater, 'try again later');
      }
    },
  };
}
