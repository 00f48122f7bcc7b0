import type { IncomingMessage } from 'node:http';
import { networkOf, Refusal, refusalOf } from '@commonpurse/shared/http';
import type { Limiter } from '../limits/limiter.ts';
import { type Policies, policyFor } from '../limits/policy.ts';
import { isOpen } from '../routing/route-table.ts';
import { type CredentialDeps, identify, type Identity } from './identify.ts';
import type { TraceRefusal } from './trace-refusals.ts';
import { addHeaders, type Visitor } from './visitor.ts';

export interface WeighDeps extends CredentialDeps {
  readonly trace: TraceRefusal;
  readonly limiter: Limiter;
  readonly policies: Policies;
}

/** Why a request is turned away; null: it is let in. Limits first, then identity (the order of refusals): a guessed token is counted by address.
 *  From here on its answer says what there is to say of limits, whatever it is, and in place of an API key the request carries what that was
 *  exchanged for. */
export async function weigh(deps: WeighDeps, req: IncomingMessage, visitor: Visitor): Promise<Refusal | null> {
  const { headers, authorization, refusal } = await judge(deps, req.headers.authorization, visitor);
  if (refusal !== null) deps.trace(refusal, visitor);
  addHeaders(visitor, headers);
  if (authorization !== undefined) req.headers.authorization = authorization;
  return refusal;
}

interface Judged {
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal: Refusal | null;
  readonly authorization: string | undefined;
}

async function judge(deps: WeighDeps, sent: string | undefined, { path, address, requestId }: Visitor): Promise<Judged> {
  const identity: Identity | Refusal = isOpen(path) ? { userId: null } : await identify(deps, sent, requestId).catch(unknown);
  const { userId, authorization = sent }: Identity = identity instanceof Refusal ? { userId: null } : identity;
  const policy = policyFor(deps.policies, path, userId ?? null);
  const { allowed, headers } = await deps.limiter.count(policy, userId ?? networkOf(address));
  if (!allowed) return { headers, authorization, refusal: new Refusal('rate-limited', 'Too many requests; wait and try again') };
  if (identity instanceof Refusal) return { headers, authorization, refusal: identity };
  const refusal = userId === undefined ? new Refusal('unauthenticated', 'The access token or API key is not valid') : null;
  return { headers, authorization, refusal };
}

/** Nobody can say whose API key it is: that is refused as soon as it was counted, as everything is. */
function unknown(error: unknown): Refusal {
  const refusal = refusalOf(error);
  if (refusal === null) throw error;
  return refusal;
}
