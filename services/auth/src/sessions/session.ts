import { Refusal } from '@commonpurse/shared/http';

/** A signed-in device, for as long as its refresh tokens follow one another. */
export interface Session {
  /** `sid` of its access tokens. */
  readonly id: string;
  readonly deviceName: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  /** The address it was last used from. */
  readonly ip: string;
  /** The generation of the refresh token that is good now. */
  readonly generation: number;
  /** When `generation` last moved on; null in the first one. */
  readonly rotatedAt: string | null;
  /** The absolute end. */
  readonly until: string;
}

const sessionLifetimeMs = 90 * 24 * 60 * 60 * 1000;
const sessionIdleMs = 30 * 24 * 60 * 60 * 1000;
/** Within this the predecessor gets the same successor: two tabs, or an answer that was lost on its way. */
const refreshGraceMs = 10_000;
/** The one that was not used for longest ends when there are more. */
export const sessionsMax = 50;

export const newSession = (facts: { id: string; deviceName: string | null; ip: string; nowMs: number }): Session => ({
  id: facts.id,
  deviceName: facts.deviceName,
  createdAt: new Date(facts.nowMs).toISOString(),
  lastUsedAt: new Date(facts.nowMs).toISOString(),
  ip: facts.ip,
  generation: 1,
  rotatedAt: null,
  until: new Date(facts.nowMs + sessionLifetimeMs).toISOString(),
});

/** Neither over its absolute end nor idle for too long. */
export const isLive = (session: Session, nowMs: number): boolean =>
  Date.parse(session.until) > nowMs && Date.parse(session.lastUsedAt) + sessionIdleMs > nowMs;

/** The sessions with a new one among them; those that ended by themselves drop out, and the longest unused where there are too many. */
export function withSession(sessions: readonly Session[], added: Session, nowMs: number): readonly Session[] {
  const live = sessions.filter((session) => isLive(session, nowMs));
  const kept = live.toSorted((a, b) => (a.lastUsedAt < b.lastUsedAt ? 1 : -1)).slice(0, sessionsMax - 1);
  return [...live.filter((session) => kept.includes(session)), added];
}

/** What a refresh token is worth: a `next` generation, the `same` successor once more, or `stolen`: then the session has to end. */
type RefreshVerdict = 'next' | 'same' | 'stolen';

/** Only the newest token moves a session on. Its predecessor is forgiven for 10 s, by a clock that was set back too; anything else of ours was used
 *  before. */
export function judgeRefresh(session: Session, generation: number, nowMs: number): RefreshVerdict {
  if (generation === session.generation) return 'next';
  const rotatedAt = session.rotatedAt === null ? -Infinity : Date.parse(session.rotatedAt);
  return generation === session.generation - 1 && Math.abs(nowMs - rotatedAt) <= refreshGraceMs ? 'same' : 'stolen';
}

export const rotated = (session: Session, ip: string, nowMs: number): Session => {
  const at = new Date(nowMs).toISOString();
  return { ...session, generation: session.generation + 1, rotatedAt: at, lastUsedAt: at, ip };
};

/** For what gives or changes a way into the account: whoever asked was let in by this session, and it may have been ended since. What they asked must
 *  not outlast it.
 *  @throws Refusal 401 */
export function demandSession({ sessions }: { readonly sessions: readonly Session[] }, sessionId: string): void {
  if (!sessions.some(({ id }) => id === sessionId)) throw new Refusal('unauthenticated', 'This session is over; sign in again');
}
