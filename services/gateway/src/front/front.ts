import type { IncomingMessage, ServerResponse } from 'node:http';
import { invalid, networkOf, Refusal, requestIdOf } from '@commonpurse/shared/http';
import { corsHeaders, preflightHeaders, securityHeaders } from '../browsers/cross-origin.ts';
import { type CredentialDeps, identify, type Identity } from './identify.ts';
import { clientAddress, type TrustedProxies } from '../limits/client-address.ts';
import type { Limiter } from '../limits/limiter.ts';
import { type Policies, policyFor } from '../limits/policy.ts';
import { ambiguousPath, isOpen } from '../routing/route-table.ts';
import type { TraceRefusal } from './trace-refusals.ts';

/** What the door knows of a request. */
export interface Visitor {
  readonly requestId: string;
  readonly address: string;
  /** As sent, without the query. */
  readonly path: string;
  /** What its answer carries, whoever gives it: names and values in turn. */
  readonly headers: string[];
}

export interface FrontDeps extends CredentialDeps {
  readonly trace: TraceRefusal;
  readonly limiter: Limiter;
  readonly policies: Policies;
  readonly trusted: TrustedProxies;
  readonly allowedOrigins: ReadonlySet<string>;
  /** The public address is https. */
  readonly https: boolean;
  readonly maxUploadBytes: number;
}

/** First thing for every request. */
export interface Front {
  /** Names it, and says what its answer carries. */
  greet(req: IncomingMessage): Visitor;
  /** Counts it against its limit and turns away what is no one's: throws 4xx. `answered`: a browser has only asked whether it may ask. */
  admit(req: IncomingMessage, res: ServerResponse, visitor: Visitor): Promise<'go-on' | 'answered'>;
}

export function createFront(deps: FrontDeps): Front {
  const { allowedOrigins, trusted } = deps;
  const always = [...Object.entries(securityHeaders(deps.https)).flat(), ...(allowedOrigins.size > 0 ? ['Vary', 'Origin'] : [])];
  return {
    greet: (req) => {
      const visitor = visitorOf(req, trusted);
      visitor.headers.push('X-Request-Id', visitor.requestId, ...always);
      if (req.headers.origin !== undefined) addHeaders(visitor, corsHeaders(req.headers.origin, allowedOrigins));
      return visitor;
    },
    admit: async (req, res, visitor) => {
      if (isPreflight(req)) return answerPreflight(req, res, visitor, deps);
      if (visitor.path.startsWith('/health/')) await look(deps, visitor);
      else await count(deps, req, visitor);
      demandOneHost(req);
      if (ambiguousPath(visitor.path)) throw invalid('', 'ambiguous-path', 'The path can be read in more than one way; send a plain one');
      if (Number(req.headers['content-length'] ?? 0) > bodyLimit(visitor.path, deps.maxUploadBytes))
        throw new Refusal('too-large', 'The body is larger than allowed');
      return 'go-on';
    },
  };
}

const visitorOf = (req: IncomingMessage, trusted: TrustedProxies): Visitor => ({
  requestId: requestIdOf(req.headers['x-request-id']),
  address: clientAddress(req.socket.remoteAddress ?? '', String(req.headers['x-forwarded-for'] ?? ''), trusted),
  path: pathOf(req.url ?? '/'),
  headers: [],
});

function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

/** Node takes the first and drops the others; what stands between it and the client may have gone by another (RFC 9112, section 3.2). */
export function demandOneHost({ rawHeaders }: IncomingMessage): void {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]!.length === 4 && rawHeaders[at]!.toLowerCase() === 'host') hosts += 1;
  if (hosts > 1) throw invalid('/Host', 'header-invalid', 'A request is for one host');
}

/** Limits first, then identity (the order of refusals): a guessed token is counted by address. */
export async function weigh(deps: FrontDeps, sent: string | undefined, visitor: Visitor): Promise<Weighed> {
  const weighed = await judge(deps, sent, visitor);
  if (weighed.refusal !== null) deps.trace(weighed.refusal, visitor);
  return weighed;
}

async function judge(deps: FrontDeps, sent: string | undefined, { path, address, requestId }: Visitor): Promise<Weighed> {
  const { userId, authorization = sent }: Identity = isOpen(path) ? { userId: null } : await identify(deps, sent, requestId);
  const policy = policyFor(deps.policies, path, userId ?? null);
  const { allowed, headers } = await deps.limiter.count(policy, userId ?? networkOf(address));
  if (!allowed) return { headers, authorization, refusal: new Refusal('rate-limited', 'Too many requests; wait and try again') };
  const refusal = userId === undefined ? new Refusal('unauthenticated', 'The access token or API key is not valid') : null;
  return { headers, authorization, refusal };
}
interface Weighed {
  /** What the answer says about limits, whatever it is. */
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal: Refusal | null;
  /** What the service is sent: of an API key only what it was exchanged for. */
  readonly authorization: string | undefined;
}

async function count(deps: FrontDeps, req: IncomingMessage, visitor: Visitor): Promise<void> {
  const { headers, refusal, authorization } = await weigh(deps, req.headers.authorization, visitor);
  addHeaders(visitor, headers);
  if (authorization !== undefined) req.headers.authorization = authorization;
  if (refusal !== null) throw refusal;
}

/** Free of charge, for whoever watches over the gateway, and for what browsers ask by themselves: only says what is left. */
async function look({ limiter, policies }: FrontDeps, visitor: Visitor): Promise<void> {
  addHeaders(visitor, await limiter.look(policyFor(policies, visitor.path, null), networkOf(visitor.address)));
}

/** More that its answer carries, whoever gives it. */
export function addHeaders({ headers }: Visitor, more: Readonly<Record<string, string>>): void {
  for (const name in more) headers.push(name, more[name]!);
}

const maxJsonBytes = 1024 * 1024;
/** What records takes beside the file itself: the options, and what the parts are wrapped in, 64 KiB each. */
const besideFileBytes = 128 * 1024;
const bodyLimit = (path: string, maxUploadBytes: number): number =>
  path === '/records/bulk-import' ? maxUploadBytes + besideFileBytes : maxJsonBytes;

const isPreflight = (req: IncomingMessage): boolean =>
  req.method === 'OPTIONS' && req.headers.origin !== undefined && req.headers['access-control-request-method'] !== undefined;

async function answerPreflight(req: IncomingMessage, res: ServerResponse, visitor: Visitor, deps: FrontDeps): Promise<'answered'> {
  await look(deps, visitor);
  if (!deps.allowedOrigins.has(req.headers.origin!)) throw new Refusal('origin-not-allowed', 'Pages of this origin may not call the API');
  addHeaders(visitor, preflightHeaders);
  res.writeHead(204, visitor.headers).end();
  return 'answered';
}
