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
  writeAnswer,
} from '@commonpurse/shared/http';
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { Visitor } from './front/front.ts';
import { mountPages } from './pages/serve-pages.ts';
import { serviceFor } from './routing/route-table.ts';

export interface AppParts {
  readonly front: RequestHandler;
  readonly proxy: RequestHandler;
  readonly endpoints: readonly Endpoint[];
  /** Told of what nobody expected. */
  readonly unexpected: (error: unknown, visitor: Visitor | undefined) => void;
  /** Told of every answer, proxied ones included. */
  readonly observe: (observation: Observation) => void;
}

/** The gateway's application: the door, its own few pages, and everything else to the services. */
export function createGatewayApp({ front, proxy, endpoints, unexpected, observe }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.enable('case sensitive routing').enable('strict routing');
  app.use(measure(observe));
  app.use(front);
  app.use(proxy);
  mountOwn(app, endpoints);
  mountPages(app);
  app.use(() => {
    throw notFound();
  });
  // Express tells an error handler by its four parameters.
  app.use(async (error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const refusal = refusalOf(error);
    const visitor = res.locals['visitor'] as Visitor | undefined;
    if (refusal === null) unexpected(error, visitor);
    if (!res.headersSent) await drained(req);
    writeProblem(res, refusal ?? new Refusal('internal-error', 'Something went wrong on our side'), visitor?.requestId ?? '');
  });
  return app;
}

/** One series per first segment of the path, never one per id. */
function measure(observe: AppParts['observe']): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.once('close', () => {
      const visitor = res.locals['visitor'] as Visitor | undefined;
      const route = serviceFor(req.path) ?? 'gateway';
      const durationMs = performance.now() - startedAt;
      observe({
        method: req.method,
        route,
        status: res.statusCode,
        durationMs,
        requestId: visitor?.requestId ?? '',
        userId: null,
        error: null,
      });
    });
    next();
  };
}

function mountOwn(app: Express, endpoints: readonly Endpoint[]): void {
  for (const endpoint of endpoints) {
    app[endpoint.method](endpoint.path, async (req, res) => {
      const { requestId } = res.locals['visitor'] as Visitor;
      await writeAnswer(req, res, await endpoint.handle(await readInput(endpoint, req, queryOf(req.url), null, requestId)));
    });
    app.all(endpoint.path, () => {
      throw new Refusal('method-not-allowed', 'This resource takes GET, HEAD', { headers: { Allow: 'GET, HEAD' } });
    });
  }
}

/** Unlike a service's, a refusal of the door keeps what it has set: limits, cross-origin and security headers. */
function writeProblem(res: Response, refusal: Refusal, requestId: string): void {
  // Half of an answer is out: only a cut connection tells the client that the rest is missing.
  if (res.headersSent) return void res.destroy();
  const body = JSON.stringify(problemOf(refusal, requestId));
  for (const [name, value] of Object.entries(problemHeaders(refusal))) res.setHeader(name, value);
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Type', problemContentType);
  res.statusCode = refusal.status;
  res.end(body);
}
