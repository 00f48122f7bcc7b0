import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import { onBehalfOf } from '../documents/on-behalf-of.ts';
import { checkDeclaration } from './check-declaration.ts';
import { drained } from './drain.ts';
import type { Admission, Caller, Endpoint } from './endpoint.ts';
import { notFound, refusalOf } from './problem.ts';
import { queryOf } from './query-string.ts';
import { hasBody, RequestAborted } from './read-body.ts';
import { readInput } from './read-input.ts';
import { Refusal } from './refusal.ts';
import { requestIdOf } from './request-id.ts';
import { writeAnswer, writeRefusal } from './write-answer.ts';

/** Decides who is calling; throws 401 or 403. null where the admission names no user. */
export type Admit = (req: Request, admission: Admission, requestId: string) => Promise<Caller | null> | Caller | null;
/** Somebody who was admitted, as they are by now; throws 401 where their session or key is over since. */
export type Readmit = (caller: Caller, requestId: string) => Promise<Caller>;

/** What one request came to, for logs and metrics. */
export interface Observation {
  readonly method: string;
  /** The endpoint's path template; `unmatched` where there is none. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly requestId: string;
  readonly userId: string | null;
  /** What was thrown, where something was. */
  readonly error: unknown;
}

export interface AppOptions {
  readonly endpoints: readonly Endpoint[];
  readonly admit: Admit;
  /** Asked once the body is there, where it came in after its caller was admitted. */
  readonly readmit: Readmit;
  readonly observe: (observation: Observation) => void;
  /** Throws where the endpoint can't be served at this moment (starting, stopping). */
  readonly gate?: (endpoint: Endpoint) => void;
}

/** The Express application of a service: one route per endpoint, nothing in between. Refusals in the order 401, 403 for a scope, 400,
 *  then what the handler throws. Unknown paths are 404, other methods of known ones 405. */
export function createApp(options: AppOptions): Express {
  for (const endpoint of options.endpoints) checkDeclaration(endpoint);
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.enable('case sensitive routing').enable('strict routing');
  for (const [path, endpoints] of byPath(options.endpoints)) {
    const route = app.route(path);
    for (const endpoint of endpoints) route[endpoint.method]((req, res) => serve(options, endpoint, req, res));
    route.all((req, res) => refuse(options, req, res, methodNotAllowed(endpoints)));
  }
  app.use((req: Request, res: Response) => refuse(options, req, res, notFound()));
  // Express tells an error handler by its four parameters.
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => refuse(options, req, res, error));
  return app;
}

/** The messages that Node is to make for this application, as Express wants them. It changes the prototype of any others, each time anew, and
 *  Node reads such an object slowly from then on. */
export function messagesOf(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class AppRequest extends IncomingMessage {}
  class AppResponse<R extends IncomingMessage = IncomingMessage> extends ServerResponse<R> {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  app.request = AppRequest.prototype as Request;
  app.response = AppResponse.prototype as Response;
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}

/** nginx's word for a client that went away; only logs and metrics ever see it. */
const clientClosedRequest = 499;

async function serve(options: AppOptions, endpoint: Endpoint, req: Request, res: Response): Promise<void> {
  const startedAt = performance.now();
  const requestId = requestIdOf(req.headers['x-request-id']);
  let caller: Caller | null = null;
  let error: unknown = null;
  res.setHeader('X-Request-Id', requestId);
  try {
    options.gate?.(endpoint);
    const isWhole = !hasBody(req) || (await isBodyThere(req));
    const admitted = await options.admit(req, endpoint.admission, requestId);
    caller = admitted;
    const callerAtEnd = async () => (admitted === null || isWhole ? admitted : options.readmit(admitted, requestId));
    const input = await readInput(endpoint, req, queryOf(req.url), callerAtEnd, requestId);
    const answer = caller === null ? endpoint.handle(input) : onBehalfOf(caller.userId, () => endpoint.handle(input));
    await writeAnswer(req, res, await answer);
  } catch (thrown) {
    error = thrown;
    if (thrown instanceof RequestAborted) res.statusCode = clientClosedRequest;
    else await answerRefused(req, res, thrown, requestId);
  }
  options.observe({
    method: req.method,
    route: endpoint.path,
    status: res.statusCode,
    durationMs: performance.now() - startedAt,
    requestId,
    userId: caller?.userId ?? (error instanceof Refusal ? error.userId : null),
    error,
  });
}

/** Whether nothing more of the body is to come. It can be minutes on its way, and what somebody says who was signed out meanwhile must have
 *  no effect; but most come with their head, and are taken in by the next step. */
async function isBodyThere(req: Request): Promise<boolean> {
  await Promise.resolve();
  return req.complete || req.readableLength === Number(req.headers['content-length']);
}

async function refuse(options: AppOptions, req: Request, res: Response, error: unknown): Promise<void> {
  const requestId = requestIdOf(req.headers['x-request-id']);
  res.setHeader('X-Request-Id', requestId);
  await answerRefused(req, res, error, requestId);
  const { method } = req;
  options.observe({ method, route: 'unmatched', status: res.statusCode, durationMs: 0, requestId, userId: null, error });
}

/** Whatever stood against it: the client is heard out first. */
async function answerRefused(req: Request, res: Response, error: unknown, requestId: string): Promise<void> {
  if (!res.headersSent) await drained(req);
  writeRefusal(res, refusalOf(error), requestId);
}

/** Static segments before parameters, so that `/records/balances` is never taken for an id; what services ask one another last, for every
 *  request is held against each path before its own. */
function byPath(endpoints: readonly Endpoint[]): [string, Endpoint[]][] {
  const rank = (path: string): string => `${path.startsWith('/internal/')} ${path.replaceAll(/:[^/]+/g, '\uffff')}`;
  const groups = Object.groupBy(endpoints, (endpoint) => endpoint.path) as Record<string, Endpoint[]>;
  return Object.entries(groups).toSorted(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
}

function methodNotAllowed(endpoints: readonly Endpoint[]): Refusal {
  const methods = endpoints.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  const allow = [...new Set(methods)].toSorted().join(', ');
  return new Refusal('method-not-allowed', `This resource takes ${allow}`, { headers: { Allow: allow } });
}
