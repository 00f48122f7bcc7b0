import type { Person } from '../access/person.ts';
import { viewerOf } from '../access/viewer.ts';
import type { Clock } from '../service/clock.ts';
import type { ServiceName } from '../service/peers.ts';
import type { AccessClaims } from './access-token.ts';
import type { Admit, Readmit } from './create-app.ts';
import type { Admission, Caller } from './endpoint.ts';
import { internalKeyOf, verifyInternal } from './internal-token.ts';
import { Refusal } from './refusal.ts';
import type { VerifyBearer } from './verify-bearer.ts';

export const unauthenticated = (): Refusal => new Refusal('unauthenticated', 'Sign in first');

/** @param userId whose key it is */
export const keyIsNotEnough = (userId: string): Refusal =>
  new Refusal('insufficient-scope', 'A key is not enough here; sign in', { userId });

export interface AdmitOptions {
  readonly self: ServiceName;
  readonly internalKey: string;
  readonly clock: Clock;
  readonly verify: VerifyBearer;
  /** The person behind verified claims, as of now; throws 401 when the session is over, 503 when nobody can say. */
  readonly identify: (claims: AccessClaims, requestId: string) => Promise<Person>;
}

/** The identity check of a service: users by access token, other services by internal token, never one for the other. */
export function createAdmit(options: AdmitOptions): Admit {
  const key = internalKeyOf(options.internalKey);
  return async (req, admission, requestId) => {
    if (admission === 'open') return null;
    const token = bearerOf(req.headers.authorization);
    if (token === null) throw unauthenticated();
    if (admission === 'service') {
      const peer = verifyInternal(token, { audience: options.self, key, nowMs: options.clock.now() });
      if (peer === null) throw unauthenticated();
      return null;
    }
    const claims = await options.verify(token);
    if (claims === null) throw unauthenticated();
    const person = await options.identify(claims, requestId);
    checkScope(claims, admission);
    return callerOf(claims, person, options.clock.now());
  };
}

/** Whether the session or key still lives, and what it may see and change by now. That its token has expired meanwhile does not count: it was good
 *  when the request began. */
export const createReadmit =
  ({ clock, identify }: Pick<AdmitOptions, 'clock' | 'identify'>): Readmit =>
  async ({ userId, sessionId, role, scopes, tokenExpiresAt }, requestId) => {
    const claims: AccessClaims = { userId, sessionId, role, scopes, expiresAt: tokenExpiresAt };
    return callerOf(claims, await identify(claims, requestId), clock.now());
  };

/** The token of `Authorization: Bearer <token>`; null when there is none. */
export function bearerOf(header: string | undefined): string | null {
  const match = header === undefined ? null : /^Bearer +([\w.~+/=-]+) *$/i.exec(header);
  return match ? match[1]! : null;
}

function checkScope({ scopes, userId }: AccessClaims, admission: Admission): void {
  if (scopes === null) return;
  const needed = typeof admission === 'object' ? admission.scope : null;
  if (needed !== null && scopes.includes(needed)) return;
  if (needed === null) throw keyIsNotEnough(userId);
  throw new Refusal('insufficient-scope', `The key lacks the scope ${needed}`, { userId });
}

const callerOf = (claims: AccessClaims, person: Person, nowMs: number): Caller => ({
  ...viewerOf(person, nowMs),
  sessionId: claims.sessionId,
  // As of now, not as of when the token was signed.
  role: person.role,
  scopes: claims.scopes,
  person,
  tokenExpiresAt: claims.expiresAt,
});
