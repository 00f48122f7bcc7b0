import { type PeopleMirror, type Person, type Viewer, viewerOf } from '@commonpurse/shared/access';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import type { Caller } from '@commonpurse/shared/http';
import { fakeClock, memoryDisk } from '@commonpurse/shared/testing';
import type { FakeClock } from '@commonpurse/shared/testing';
import { openRecordsStore, type RecordsStore } from '../store.ts';

/** Real collections on a disk in memory, and time that stands still at noon UTC of 2026-03-14. */
export interface Rig {
  readonly documents: DocumentStore;
  readonly store: RecordsStore;
  readonly clock: FakeClock;
  readonly installationKey: Buffer;
  /** Knows those in `persons`. */
  readonly people: Pick<PeopleMirror, 'current'>;
  readonly persons: Map<string, Person>;
  readonly viewerNow: (userId: string) => Promise<Viewer>;
}

export async function openRig(): Promise<Rig> {
  const clock = fakeClock(Date.parse('2026-03-14T12:00:00.000Z'));
  const documents = await openJsonStore({ directory: '/records', disk: memoryDisk(), clock });
  const persons = new Map<string, Person>();
  const people = { current: async (ids: readonly string[]) => new Map(ids.map((id) => [id, persons.get(id) ?? null])) };
  const viewerNow = async (id: string): Promise<Viewer> => viewerOf(persons.get(id) ?? personOf(id), clock.now());
  return { documents, store: await openRecordsStore(documents), clock, installationKey: Buffer.alloc(32, 7), people, persons, viewerNow };
}

/** A signed-in person who thinks in euros. */
export function callerOf(userId: string, facts: Partial<Person> = {}): Caller {
  const person = personOf(userId, facts);
  return { userId, grants: person.grants, sessionId: 'session', role: 'user', scopes: null, tokenExpiresAt: 2_000_000_000, person };
}

function personOf(userId: string, facts: Partial<Person> = {}): Person {
  return {
    id: userId,
    version: 1,
    status: 'active',
    role: 'user',
    email: `${userId}@example.org`,
    displayName: userId,
    locale: 'en',
    timeZone: 'UTC',
    baseCurrency: 'EUR',
    monthStartDay: 1,
    sessions: [],
    keys: [],
    grants: [],
    sharedWith: [],
    ...facts,
  };
}
