import { randomBytes } from 'node:crypto';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';

export const ticketSeconds = 30;

/** A ticket that opens one WebSocket for this session: browsers can't send an `Authorization` header there, and an access token has no place
 *  in a URL. Whoever takes it out of the cache first has it. */
export async function issueTicket(
  { cache, audit }: Pick<AuthDeps, 'cache' | 'audit'>,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
  client: Client,
): Promise<string> {
  const ticket = randomBytes(32).toString('base64url');
  await cache.set(`ticket:${ticket}`, JSON.stringify({ userId, sessionId }), ticketSeconds * 1000);
  audit.info('authn_token_created', { userId, sessionId, requestId: client.requestId, ip: client.ip, reason: 'ticket' });
  return ticket;
}
