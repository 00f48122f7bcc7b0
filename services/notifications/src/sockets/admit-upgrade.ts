import type { IncomingMessage } from 'node:http';
import type { People } from '@commonpurse/shared/access';
import type { Cache } from '@commonpurse/shared/cache';
import { type AccessClaims, bearerOf, invalid, notFound, Refusal, type VerifyBearer } from '@commonpurse/shared/http';
import type { Clock } from '@commonpurse/shared/service';
import { z } from 'zod';
import { parseSince } from './frame.ts';
import type { Holder } from './serve-socket.ts';
import { originAllowed, type OriginRule } from './web-origin.ts';

export interface AdmitUpgradeDeps {
  readonly enabled: boolean;
  readonly origins: OriginRule;
  readonly verify: VerifyBearer;
  readonly people: Pick<People, 'identify'>;
  readonly cache: Cache;
  readonly clock: Clock;
}
interface Admitted {
  readonly holder: Holder;
  readonly since: number | undefined;
}

export const subprotocol = 'commonpurse.v1';

/** Decides whether an upgrade becomes a socket, and whose. Throws the refusal: first for who it is, then for where the page is from. A ticket is looked
 *  at first and taken last: one that came with a wrong Origin or a malformed request is not spent. */
export async function admitUpgrade(deps: AdmitUpgradeDeps, req: IncomingMessage, requestId: string): Promise<Admitted> {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://service');
  if (pathname !== '/ws') throw notFound();
  if (req.method !== 'GET' || req.headers.upgrade?.toLowerCase() !== 'websocket') throw upgradeRequired();
  if (!deps.enabled) throw new Refusal('feature-disabled', 'Live notifications are switched off here');
  const { ticket, token } = credentialsOf(req, searchParams);
  const holder = ticket === undefined ? await byToken(deps, token, requestId) : await byTicket(deps, ticket, requestId);
  if (!originAllowed(deps.origins, req.headers.origin, req.headers.host)) {
    throw new Refusal('origin-not-allowed', 'Pages of this origin may not open a socket');
  }
  const since = readQuery(searchParams);
  checkProtocol(req.headers['sec-websocket-protocol']);
  if (ticket !== undefined && (await deps.cache.take(ticketKey(ticket))) === null) throw unauthenticated();
  return { holder, since };
}

export const upgradeRequired = (): Refusal =>
  new Refusal('upgrade-required', 'This is a WebSocket: connect with one', { headers: { Upgrade: 'websocket', Connection: 'Upgrade' } });

const unauthenticated = (): Refusal => new Refusal('unauthenticated', 'A ticket or an access token is needed, and it must be good');

type Credentials = { readonly ticket: string; readonly token?: undefined } | { readonly ticket?: undefined; readonly token: string };

/** Either a ticket or a token, never both: which one would count must not be a matter of opinion. */
function credentialsOf(req: IncomingMessage, query: URLSearchParams): Credentials {
  const tickets = query.getAll('ticket');
  const { authorization } = req.headers;
  const [ticket] = tickets;
  if (ticket !== undefined) {
    if (tickets.length > 1 || authorization !== undefined) throw unauthenticated();
    return { ticket };
  }
  const token = bearerOf(authorization);
  if (token === null) throw unauthenticated();
  return { token };
}

function readQuery(query: URLSearchParams): number | undefined {
  for (const name of new Set(query.keys())) {
    if (name !== 'ticket' && name !== 'since') throw invalid(`/${name}`, 'unknown-parameter', 'Only ticket and since are known here');
    if (query.getAll(name).length > 1) throw invalid(`/${name}`, 'repeated-parameter', 'Send it once');
  }
  const since = parseSince(query.get('since'));
  if (since === null) throw invalid('/since', 'invalid-since', 'since is a whole number, 0 or more');
  return since;
}

function checkProtocol(offered: string | undefined): void {
  if (offered === undefined || offered.split(',').some((name) => name.trim() === subprotocol)) return;
  throw invalid('/Sec-WebSocket-Protocol', 'unknown-subprotocol', `Only ${subprotocol} is spoken here`);
}

/** A socket that a token opened lives no longer than the token: the client comes back with a fresh one, and resumes. */
async function byToken({ verify, people }: AdmitUpgradeDeps, token: string, requestId: string): Promise<Holder> {
  const claims = await verify(token);
  if (claims === null) throw unauthenticated();
  // A key's short-lived token has scopes. One that lives is told so, and a dead one that it is dead.
  if (claims.scopes !== null) {
    await people.identify(claims, requestId);
    throw new Refusal('insufficient-scope', 'A key opens no socket; sign in');
  }
  return holderOf(people, claims, requestId);
}

const Ticket = z.strictObject({ userId: z.string(), sessionId: z.string() });
const ticketLength = 200;
const ticketKey = (ticket: string): string => `ticket:${ticket}`;

/** A socket that a ticket opened lives as long as its session. */
async function byTicket({ cache, people }: AdmitUpgradeDeps, ticket: string, requestId: string): Promise<Holder> {
  const value = ticket.length <= ticketLength ? await cache.get(ticketKey(ticket)) : null;
  if (value === null) throw unauthenticated();
  const { userId, sessionId } = Ticket.parse(JSON.parse(value));
  return holderOf(people, { userId, sessionId, role: 'user', scopes: null, expiresAt: Infinity }, requestId);
}

async function holderOf(people: Pick<People, 'identify'>, claims: AccessClaims, requestId: string): Promise<Holder> {
  const { userId, sessionId, expiresAt } = claims;
  const person = await people.identify(claims, requestId);
  const until = person.sessions.find((session) => session.id === sessionId)?.until;
  if (until === undefined) throw unauthenticated();
  return { userId, sessionId, endsAtMs: Math.min(expiresAt * 1000, Date.parse(until)) };
}
