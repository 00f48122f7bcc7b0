import type { Person } from '@commonpurse/shared/access';
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
}

export async function openRig(): Promise<Rig> {
  const clock = fakeClock(Date.parse('2026-03-14T12:00:00.000Z'));
  const documents = await openJsonStore({ directory: '/records', disk: memoryDisk(), clock });
  return { documents, store: await openRecordsStore(documents), clock, installationKey: Buffer.alloc(32, 7) };
}

/** A signed-in person who thinks in euros. */
export function callerOf(userId: string, facts: Partial<Person> = {}): Caller {
  const person: Person = {
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
  return { userId, grants: person.grants, sessionId: 'session', role: 'user', scopes: null, tokenExpiresAt: 2_000_000_000, person };
}
