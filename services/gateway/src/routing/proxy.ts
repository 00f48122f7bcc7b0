import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal } from '@commonpurse/shared/http';
import type { Clock, ServiceName } from '@commonpurse/shared/service';
import type { RequestHandler, Response } from 'express';
import { createProxyMiddleware, type Options, proxyEventsPlugin } from 'http-proxy-middleware';
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

/** What is known of a request on its way to a service. */
interface Exchange {
  readonly fail: (error: unknown) => void;
  /** The client wants its connection closed afterwards. */
  readonly closing: boolean;
  /** The instance it was sent to. */
  url: string;
}

/** Streams requests to the services as they come and answers as they come back: no body is held here. */
export function createServiceProxy({ targets, clock, answerTimeoutMs = 30_000 }: ProxyOptions): ServiceProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 512, maxFreeSockets: 128, scheduling: 'lifo' });
  const exchanges: Exchanges = new WeakMap();
  const proxy = createProxyMiddleware(proxyOptions({ targets, agent, exchanges, answerTimeoutMs }));
  return {
    handler: async (req, res, next) => {
      const service = serviceFor(req.url);
      if (service === null) return next();
      const startedAt = clock.now();
      const fail = (error: unknown): void => {
        const { url } = exchanges.get(req)!;
        exchanges.delete(req);
        if (codeOf(error) === 'ECONNREFUSED') targets.failed(url);
        next(failureOf(error, service, clock.now() - startedAt >= answerTimeoutMs));
      };
      exchanges.set(req, { fail, closing: asksToClose(req), url: '' });
      introduce(req.headers, visitorOf(res));
      await proxy(req, res, fail);
    },
    upgrade: (req, socket, head, visitor) => {
      introduce(req.headers, visitor, true);
      proxy.upgrade(req, socket, head);
    },
    close: () => agent.destroy(),
  };
}

type Exchanges = WeakMap<IncomingMessage, Exchange>;
interface Parts {
  readonly targets: Targets;
  readonly agent: Agent;
  readonly exchanges: Exchanges;
  readonly answerTimeoutMs: number;
}
const proxyOptions = ({ targets, agent, exchanges, answerTimeoutMs }: Parts): Options => ({
  agent,
  ws: false,
  xfwd: false,
  proxyTimeout: answerTimeoutMs,
  upgradeTimeout: answerTimeoutMs,
  router: (req) => {
    const url = targets.next(serviceOf(req));
    const exchange = exchanges.get(req);
    if (exchange) exchange.url = url;
    return url;
  },
  // the default plugins log and answer errors in their own words; only the event hooks are wanted
  ejectPlugins: true,
  plugins: [proxyEventsPlugin],
  on: {
    proxyRes: (answer, req, res) => keepOwnHeaders(answer, exchanges.get(req)!.closing, res),
    error: (error, req, res) => {
      // an upgrade has no response object to answer with; its socket is all there is
      if ('statusCode' in res) exchanges.get(req)?.fail(error);
      else res.destroy();
    },
  },
});

const visitorOf = (res: Response): Visitor => res.locals['visitor'] as Visitor;
const serviceOf = (req: IncomingMessage): ServiceName => serviceFor(req.url ?? '')!;
const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);

/** What the door has set already, a service's answer doesn't set again; and each connection ends as its own client asked. */
function keepOwnHeaders(answer: IncomingMessage, closing: boolean, res: ServerResponse): void {
  for (const name of Object.keys(answer.headers)) if (res.hasHeader(name)) delete answer.headers[name];
  delete answer.headers['keep-alive'];
  answer.headers.connection = closing ? 'close' : 'keep-alive';
}
const asksToClose = (req: IncomingMessage): boolean => req.httpVersion === '1.0' || /\bclose\b/i.test(req.headers.connection ?? '');

function failureOf(error: unknown, service: ServiceName, timedOut: boolean): unknown {
  if (error instanceof Refusal) return error;
  if (timedOut) return new Refusal('gateway-timeout', `The ${service} service did not answer in time`);
  return new Refusal('service-unavailable', `The ${service} service is not available right now; try again`, {
    headers: { 'Retry-After': '1' },
  });
}
