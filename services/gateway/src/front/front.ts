import type { IncomingMessage } from 'node:http';
import { invalid, networkOf, Refusal, requestIdOf } from '@commonpurse/shared/http';
import type { Request, RequestHandler, Response } from 'express';
import { corsHeaders, preflightHeaders, securityHeaders } from '../browsers/cross-origin.ts';
import { type CredentialDeps, identify, type Identity } from './identify.ts';
import { clientAddress, type TrustedProxies } from '../limits/client-address.ts';
import type { Limiter } from '../limits/limiter.ts';
import { type Policies, policyFor } from '../limits/policy.ts';
import { ambiguousPath, isOpen } from '../routing/route-table.ts';

/** What the door knows of a request once it is through. */
export interface Visitor {
  readonly requestId: string;
  readonly address: string;
  /** As sent, without the query. */
  readonly path: string;
}

export interface FrontDeps extends CredentialDeps {
  readonly limiter: Limiter;
  readonly policies: Policies;
  readonly trusted: TrustedProxies;
  readonly allowedOrigins: ReadonlySet<string>;
  /** The public address is https. */
  readonly https: boolean;
  readonly maxUploadBytes: number;
}

/** First thing for every request: names it, sets what every answer carries, counts it against its limit, and turns away what is no one's. */
export function front(deps: FrontDeps): RequestHandler {
  return async (req, res, next): Promise<void> => {
    const visitor = visitorOf(req, deps.trusted);
    res.locals['visitor'] = visitor;
    res.setHeader('X-Request-Id', visitor.requestId);
    setHeaders(res, securityHeaders(deps.https));
    setHeaders(res, corsHeaders(req.headers.origin, deps.allowedOrigins));
    if (deps.allowedOrigins.size > 0) res.vary('Origin');
    if (isPreflight(req)) return answerPreflight(req, res, deps);
    if (ambiguousPath(visitor.path)) throw invalid('', 'ambiguous-path', 'The path can be read in more than one way; send a plain one');
    if (!visitor.path.startsWith('/health/')) await admit(deps, req, res, visitor);
    if (Number(req.headers['content-length'] ?? 0) > bodyLimit(visitor.path, deps.maxUploadBytes))
      throw new Refusal('too-large', 'The body is larger than allowed');
    next();
  };
}

export const visitorOf = (req: IncomingMessage, trusted: TrustedProxies): Visitor => ({
  requestId: requestIdOf(req.headers['x-request-id']),
  address: clientAddress(req.socket.remoteAddress ?? '', [req.headers['x-forwarded-for'] ?? []].flat().join(','), trusted),
  path: (req.url ?? '/').split('?', 1)[0]!,
});

/** Limits first, then identity (the order of refusals): a guessed token is counted by address. */
export async function weigh(deps: FrontDeps, sent: string | undefined, { path, address, requestId }: Visitor): Promise<Weighed> {
  const { userId, authorization = sent }: Identity = isOpen(path) ? { userId: null } : await identify(deps, sent, requestId);
  const policy = policyFor(deps.policies, path, userId ?? null);
  const { allowed, headers } = await deps.limiter.count(policy, userId ?? networkOf(address));
  if (!allowed) return { headers, authorization, refusal: new Refusal('rate-limited', 'Too many requests; wait and try again') };
  const refusal = userId === undefined ? new Refusal('unauthenticated', 'The access token or API key is not valid') : null;
  return { headers, authorization, refusal };
}
export interface Weighed {
  /** What the answer says about limits, whatever it is. */
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal: Refusal | null;
  /** What the service is sent: of an API key only what it was exchanged for. */
  readonly authorization: string | undefined;
}

async function admit(deps: FrontDeps, req: Request, res: Response, visitor: Visitor): Promise<void> {
  const { headers, refusal, authorization } = await weigh(deps, req.headers.authorization, visitor);
  setHeaders(res, headers);
  if (authorization !== undefined) req.headers.authorization = authorization;
  if (refusal !== null) throw refusal;
}

function setHeaders(res: Response, headers: Readonly<Record<string, string>>): void {
  for (const name in headers) res.setHeader(name, headers[name]!);
}

const maxJsonBytes = 1024 * 1024;
/** A multipart body is a little larger than the file in it. */
const multipartOverheadBytes = 64 * 1024;
const bodyLimit = (path: string, maxUploadBytes: number): number =>
  path === '/records/bulk-import' ? maxUploadBytes + multipartOverheadBytes : maxJsonBytes;

const isPreflight = (req: Request): boolean =>
  req.method === 'OPTIONS' && req.headers.origin !== undefined && req.headers['access-control-request-method'] !== undefined;

function answerPreflight(req: Request, res: Response, deps: FrontDeps): void {
  if (!deps.allowedOrigins.has(req.headers.origin!)) throw new Refusal('origin-not-allowed', 'Pages of this origin may not call the API');
  res.status(204).set(preflightHeaders).end();
}
