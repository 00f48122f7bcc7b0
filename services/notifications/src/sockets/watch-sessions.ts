import { type Person, sessionLives } from '@commonpurse/shared/access';
import type { Clock, ServiceDeps } from '@commonpurse/shared/service';
import { closeCode } from './close-code.ts';
import type { SocketHost } from './host-sockets.ts';
import type { Connection } from './serve-socket.ts';

interface SessionWatchDeps {
  readonly host: Pick<SocketHost, 'connections' | 'userIds'>;
  /** These people as of now, asked in one go; null: gone; left out: nobody can say. */
  readonly peopleNow: (userIds: readonly string[]) => Promise<ReadonlyMap<string, Person | null>>;
  /** Somebody who is connected, as they are now. */
  readonly noticed: (person: Person) => void;
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

/** How long a socket stays open while nobody can say whether its session lives. */
const unknownMsMax = 10_000;

export function createSessionWatch({ host, peopleNow, noticed, clock, log }: SessionWatchDeps): SessionWatch {
  /** Since when nobody could say about a socket. */
  const unknownSince = new WeakMap<Connection, number>();
  const judge = (connection: Connection, person: Person | null): void => {
    unknownSince.delete(connection);
    if (person === null || !sessionLives(person, connection.holder.sessionId, clock.now())) connection.endSession();
  };
  const wait = (connection: Connection): void => {
    const since = unknownSince.get(connection) ?? clock.now();
    unknownSince.set(connection, since);
    if (clock.now() - since >= unknownMsMax) connection.close(closeCode.tryAgainLater, 'try again later');
  };
  return {
    changed(person) {
      for (const connection of host.connections) if (connection.holder.userId === person.id) judge(connection, person);
    },
    async look() {
      const { connections } = host;
      const people = await peopleNow(host.userIds).catch((error: unknown) => {
        log.warn({ err: error }, 'sessions of open sockets could not be checked');
        return new Map<string, Person | null>();
      });
      for (const person of people.values()) if (person !== null) noticed(person);
      for (const connection of connections) {
        const person = people.get(connection.holder.userId);
        if (person === undefined) wait(connection);
        else judge(connection, person);
      }
    },
  };
}
