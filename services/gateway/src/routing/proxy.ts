import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal } from '@commonpurse/shared/http';
import type { Clock, ServiceName } from '@commonpurse/shared/service';
import type { RequestHandler, Response } from 'express';
import { createProxyMiddleware, proxyEventsPlugin } from 'http-proxy-middleware';
import type { Visitor } from '../front/front.ts';
import { introduce } from './forwarded-headers.ts';
import { serviceFor } from './route-table.ts';
import type { Targets } from './targets.ts';

export interface ServiceProxy {
  /** Hands a request to the service it belongs to; `next` where none has it. */
  readonly handler: RequestHandler;
  /** Hands an upgrade that was let in to notifications. */
  upgrade(req: IncomingMessage, socket: Socket, head: Buffer, visitor: Visitor): void;
  close(): void;
}
export interface ProxyOptions {
  readonly targets: Targets;
  readonly clock: Clock;
  /** A service that stays silent for so long has failed the request. */
  readonly answerTimeoutMs?: number;
}

/** Streams requests to the services as they come and answers as they come back: no body is held here. */
export function createServiceProxy({ targets, clock, answerTimeoutMs = 30_000 }: ProxyOptions): ServiceProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 512, maxFreeSockets: 128, scheduling: 'lifo' });
  const chosen = new WeakMap<IncomingMessage, string>();
  const proxy = createProxyMiddleware({
    agent,
    ws: false,
    xfwd: false,
    proxyTimeout: answerTimeoutMs,
    upgradeTimeout: answerTimeoutMs,
    router: (req) => {
      const url = targets.next(serviceOf(req));
      chosen.set(req, url);
      return url;
    },
    // the default plugins log and answer errors in their own words; only the event hooks are wanted
    ejectPlugins: true,
    plugins: [proxyEventsPlugin],
    on: { proxyRes: keepOwnHeaders, error: closeUpgrade },
  });
  return {
    handler: async (req, res, next) => {
      const service = serviceFor(req.url);
      if (service === null) return next();
      const startedAt = clock.now();
      introduce(req.headers, visitorOf(res));
      await proxy(req, res, (error?: unknown) => {
        if (error === undefined) return next();
        if (codeOf(error) === 'ECONNREFUSED') targets.failed(chosen.get(req)!);
        next(failureOf(error, service, clock.now() - startedAt >= answerTimeoutMs));
      });
    },
    upgrade: (req, socket, head, visitor) => {
      introduce(req.headers, visitor, true);
      proxy.upgrade(req, socket, head);
    },
    close: () => agent.destroy(),
  };
}

const visitorOf = (res: Response): Visitor => res.locals['visitor'] as Visitor;
const serviceOf = (req: IncomingMessage): ServiceName => serviceFor(req.url ?? '')!;
const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** What the door has set already, a service's answer doesn't set again; nor does it tell how its own connection ends. */
function keepOwnHeaders(answer: IncomingMessage, _req: IncomingMessage, res: ServerResponse): void {
  for (const name of Object.keys(answer.headers)) if (res.hasHeader(name)) delete answer.headers[name];
  delete answer.headers['keep-alive'];
  delete answer.headers.connection;
}

function failureOf(error: unknown, service: ServiceName, timedOut: boolean): unknown {
  if (error instanceof Refusal) return error;
  if (timedOut) return new Refusal('gateway-timeout', `The ${service} service did not answer in time`);
  return new Refusal('service-unavailable', `The ${service} service is not available right now; try again`, {
    headers: { 'Retry-After': '1' },
  });
}

/** An upgrade has no response object to answer with; its socket is all there is. Requests are answered by the error handler. */
function closeUpgrade(_error: Error, _req: IncomingMessage, res: ServerResponse | Socket): void {
  if ('setNoDelay' in res) res.destroy();
}
