import type { IncomingMessage, ServerResponse } from 'node:http';
import { invalid, jsonBytesMax, networkOf, Refusal } from '@commonpurse/shared/http';
import { corsHeaders, preflightHeaders, securityHeaders } from '../browsers/cross-origin.ts';
import type { TrustedProxies } from '../limits/client-address.ts';
import { policyFor } from '../limits/policy.ts';
import { ambiguousPath } from '../routing/route-table.ts';
import { addHeaders, type Visitor, visitorOf } from './visitor.ts';
import { weigh, type WeighDeps } from './weigh.ts';

export interface FrontDeps extends WeighDeps {
  readonly trusted: TrustedProxies;
  readonly allowedOrigins: ReadonlySet<string>;
  /** The public address is https. */
  readonly https: boolean;
  readonly maxUploadBytes: number;
}

/** What happens to every request before anything else. */
export interface Front {
  /** Finds out its id and the client's address, and begins the list of headers that its answer carries. */
  greet(req: IncomingMessage): Visitor;
  /** Counts it against its limit and checks its credentials; throws a `Refusal` (4xx). `answered`: it was a CORS preflight, and has its answer. */
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

/** Node takes the first and drops the others; what stands between it and the client may have gone by another (RFC 9112, section 3.2). */
export function demandOneHost({ rawHeaders }: IncomingMessage): void {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]!.length === 4 && rawHeaders[at]!.toLowerCase() === 'host') hosts += 1;
  if (hosts > 1) throw invalid('/Host', 'header-invalid', 'A request is for one host');
}

async function count(deps: FrontDeps, req: IncomingMessage, visitor: Visitor): Promise<void> {
  const refusal = await weigh(deps, req, visitor);
  if (refusal !== null) throw refusal;
}

/** Counts nothing and only says what is left of the limit: for health checks, and for the preflights that browsers send by themselves. */
async function look({ limiter, policies }: FrontDeps, visitor: Visitor): Promise<void> {
  addHeaders(visitor, await limiter.look(policyFor(policies, visitor.path, null), networkOf(visitor.address)));
}

/** What records takes beside the file itself: the options, and what the parts are wrapped in, 64 KiB each. */
const besideFileBytes = 128 * 1024;
const bodyLimit = (path: string, maxUploadBytes: number): number =>
  path === '/records/bulk-import' ? maxUploadBytes + besideFileBytes : jsonBytesMax;

const isPreflight = (req: IncomingMessage): boolean =>
  req.method === 'OPTIONS' && req.headers.origin !== undefined && req.headers['access-control-request-method'] !== undefined;

async function answerPreflight(req: IncomingMessage, res: ServerResponse, visitor: Visitor, deps: FrontDeps): Promise<'answered'> {
  await look(deps, visitor);
  if (!deps.allowedOrigins.has(req.headers.origin!)) throw new Refusal('origin-not-allowed', 'Pages of this origin may not call the API');
  addHeaders(visitor, preflightHeaders);
  res.writeHead(204, visitor.headers).end();
  return 'answered';
}
