import type { PersonState } from '../contracts/index.ts';
import type { Doc } from '../documents/documents.ts';
import type { AccessClaims } from '../http/access-token.ts';

/** A person as auth tells it and every service mirrors it. */
export type Person = PersonState;

/** The mirror's document: `_id` is the user's id, `version` the person's. */
export interface PersonDoc extends Doc {
  readonly person: Person;
}

/** Holds `cache.run()` once auth has re-asserted every stamp in this run of the cache. */
export const sentinelKey = 'sentinel';
/** Holds `cache.run()` for a moment at a time, as long as auth owes no stamp: while it does, stamps are believed without asking. */
export const leaseKey = 'stamps-lease';
/** Holds the version of the person; auth raises it before it acknowledges a change. */
export const stampKey = (userId: string): string => `stamp:${userId}`;

/** Whether what a token was signed for, a session or an API key, may act for this person now. */
export const mayAct = (person: Person, { sessionId, scopes }: Pick<AccessClaims, 'sessionId' | 'scopes'>, nowMs: number): boolean =>
  scopes === null ? sessionLives(person, sessionId, nowMs) : keyLives(person, sessionId, nowMs);

/** A mirror that was written before there were keys knows of none. */
const keyLives = ({ status, keys = [] }: Partial<Person>, keyId: string, nowMs: number): boolean =>
  status === 'active' && keys.some(({ id, until }) => id === keyId && (until === null || Date.parse(until) > nowMs));

/** Whether this session may act for this person now. */
export const sessionLives = (person: Person, sessionId: string, nowMs: number): boolean =>
  person.status === 'active' && person.sessions.some((session) => session.id === sessionId && Date.parse(session.until) > nowMs);
