import type { PersonState } from '../contracts/index.ts';
import type { Doc } from '../documents/documents.ts';

/** A person as auth tells it and every service mirrors it. */
export type Person = PersonState;

/** The mirror's document: `_id` is the user's id, `version` the person's. */
export interface PersonDoc extends Doc {
  readonly person: Person;
}

/** Holds `cache.run()` once auth has re-asserted every stamp in this run of the cache. */
export const sentinelKey = 'sentinel';
/** Holds the version of the person; auth raises it before it acknowledges a change. */
export const stampKey = (userId: string): string => `stamp:${userId}`;

/** Whether this session may act for this person now. */
export const sessionLives = (person: Person, sessionId: string, nowMs: number): boolean =>
  person.status === 'active' && person.sessions.some((session) => session.id === sessionId && Date.parse(session.until) > nowMs);
