import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import {
  drained,
  type Endpoint,
  notFound,
  type Observation,
  problemContentType,
  problemHeaders,
  problemOf,
  queryOf,
  readInput,
  Refusal,
  refusalOf,
  unexpected,
  writeAnswer,
} from '@commonpurse/shared/http';
import type { ServiceName } from '@commonpurse/shared/service';
import express, { type Express, type Request, type Response } from 'express';
import type { Front } from './front/front.ts';
import type { Visitor } from './front/visitor.ts';
import { mountPages } from './pages/serve-pages.ts';
import type { ServiceProxy } from './routing/proxy.ts';
import { serviceFor } from './routing/route-table.ts';
import { gatewayStopping } from './routing/targets.ts';

interface AppParts {
  readonly front: Front;
  readonly proxy: Pick<ServiceProxy, 'forward'>;
  readonly endpoints: readonly Endpoint[];
  /** What is handed on now may be cut off before it is answered. */
  readonly isStopping: () => boolean;
  /** Called with an error that is no refusal; the client gets a 500 that says nothing of it. */
  readonly unexpected: (error: unknown, visitor: Visitor) => void;
  /** Called after every answer, proxied ones included. */
  readonly observe: (observation: Observation) => void;
}

/** The gateway's application: limits and credentials (`front`), then the service that has the path, or one of the gateway's own few pages. Nearly
 *  every request goes on to a service, and does so without passing through Express. */
export function createGatewayApp(parts: AppParts): RequestListener {
  const own = ownPages(parts.endpoints);
  return (req, res) => {
    const startedAt = performance.now();
    const visitor = parts.front.greet(req);
    const exchange: Exchange = { req, res, visitor, service: serviceFor(visitor.path), refusal: null };
    res.once('close', () => parts.observe(observationOf(exchange, startedAt)));
    answer(parts, own, exchange).catch((error: unknown) => refuse(parts, exchange, error));
  };
}

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly visitor: Visitor;
  /** Whose path it is; null: the gateway's own, or nobody's. */
  readonly service: ServiceName | null;
  /** What the gateway itself has refused it with. */
  refusal: Refusal | null;
}

async function answer({ front, proxy, isStopping }: AppParts, own: Express, exchange: Exchange): Promise<void> {
  const { req, res, visitor, service } = exchange;
  if ((await front.admit(req, res, visitor)) === 'answered') return;
  if (service === null) return answerOwn(own, exchange);
  // a stop waits for what it finds under way; were more let in, there would always be some, and all of it cut off when its time is up
  if (isStopping()) throw gatewayStopping();
  return proxy.forward(req, res, visitor, service);
}

/** One series per first segment of the path, never one per id. */
function observationOf({ req, res, visitor, service, refusal }: Exchange, startedAt: number): Observation {
  return {
    method: req.method ?? '',
    route: service ?? 'gateway',
    status: res.statusCode,
    durationMs: performance.now() - startedAt,
    requestId: visitor.requestId,
    userId: null,
    error: refusal,
  };
}

/** Never resolves once a page has been found: it answers by itself. */
function answerOwn(own: Express, { req, res, visitor }: Exchange): Promise<never> {
  setHeaders(res, visitor.headers);
  (res as Response).locals = { visitor };
  return new Promise((_resolve, reject) => own(req as Request, res as Response, (error?: unknown) => reject(error ?? notFound())));
}

function ownPages(endpoints: readonly Endpoint[]): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.enable('case sensitive routing').enable('strict routing');
  mountOwn(app, endpoints);
  for (const path of [...endpoints.map((endpoint) => endpoint.path), ...mountPages(app)])
    app.all(path, () => {
      throw new Refusal('method-not-allowed', 'This resource takes GET, HEAD', { headers: { Allow: 'GET, HEAD' } });
    });
  return app;
}

function mountOwn(app: Express, endpoints: readonly Endpoint[]): void {
  for (const endpoint of endpoints) {
    app[endpoint.method](endpoint.path, async (req, res) => {
      const { requestId } = res.locals['visitor'] as Visitor;
      const input = await readInput(endpoint, req, queryOf(req.url), async () => null, requestId);
      await writeAnswer(req, res, await endpoint.handle(input));
    });
  }
}

async function refuse(parts: AppParts, exchange: Exchange, error: unknown): Promise<void> {
  const { req, res, visitor } = exchange;
  const refusal = refusalOf(error);
  exchange.refusal = refusal;
  if (refusal === null) parts.unexpected(error, visitor);
  // Half of an answer is out: only a cut connection tells the client that the rest is missing.
  if (res.headersSent) return void res.destroy();
  await drained(req);
  writeProblem(res, refusal ?? unexpected(), visitor);
}

/** Unlike a service's, a refusal of the door keeps what every answer carries: limits, cross-origin and security headers. */
function writeProblem(res: ServerResponse, refusal: Refusal, { headers, requestId }: Visitor): void {
  const body = JSON.stringify(problemOf(refusal, requestId));
  setHeaders(res, headers);
  for (const [name, value] of Object.entries(problemHeaders(refusal))) res.setHeader(name, value);
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Type', problemContentType);
  res.statusCode = refusal.status;
  res.end(body);
}

function setHeaders(res: ServerResponse, headers: readonly string[]): void {
  for (let at = 0; at < headers.length; at += 2) res.setHeader(headers[at]!, headers[at + 1]!);
}
