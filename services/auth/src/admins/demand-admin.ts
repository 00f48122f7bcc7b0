import { type EndpointRequest, Refusal } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import { clientOf } from '../client.ts';

type AdminRequest = Pick<EndpointRequest<unknown, unknown, unknown>, 'caller' | 'raw' | 'requestId'>;

/** Lets administrators pass, as they are now and not as their token says, and writes down what for.
 *  @throws Refusal 403, whether or not there is what they ask for */
export function demandAdmin({ audit }: Pick<AuthDeps, 'audit'>, request: AdminRequest, what: string, target?: string): void {
  const { caller, requestId } = request;
  const facts = { userId: caller.userId, sessionId: caller.sessionId, requestId, ip: clientOf(request).ip, reason: what };
  // The refusal itself is written down as every one is.
  if (caller.role !== 'admin') throw new Refusal('forbidden', 'Only administrators may do this');
  audit.info('authz_admin', target === undefined ? facts : { ...facts, target });
}
