import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal } from '@commonpurse/shared/http';
import type { ServiceName } from '@commonpurse/shared/service';
import { createProxyMiddleware, proxyEventsPlugin, type RequestHandler } from 'http-proxy-middleware';
import type { Visitor } from '../front/front.ts';
import { forwardRequest, Silent } from './forward-request.ts';
import { introduced, introduceUpgrade } from './forwarded-headers.ts';
import type { Targets } from './targets.ts';

export interface ServiceProxy {
  /** Hands a request to the service it belongs to; resolves when it is over. Rejects with what the client is to be told while nothing of an
   *  answer is out. */
  forward(req: IncomingMessage, res: ServerResponse, visitor: Visitor, service: ServiceName): Promise<void>;
  /** Hands an upgrade that was let in to notifications. */
  upgrade(req: IncomingMessage, socket: Socket, head: Buffer, visitor: Visitor): void;
  close(): void;
}
export interface ProxyOptions {
  readonly targets: Targets;
  /** A service that stays silent for so long has failed the request. */
  readonly answerTimeoutMs?: number;
}

export function createServiceProxy({ targets, answerTimeoutMs = 30_000 }: ProxyOptions): ServiceProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 512, maxFreeSockets: 128, scheduling: 'lifo', timeout: answerTimeoutMs });
  const sockets = upgradeProxy(targets, agent, answerTimeoutMs);
  const parsed = new Map<string, URL>();
  const urlOf = (text: string): URL => {
    const known = parsed.get(text) ?? new URL(text);
    parsed.set(text, known);
    return known;
  };
  return {
    forward: async (req, res, visitor, service) => {
      const target = targets.next(service);
      try {
        await forwardRequest({ req, res, told: introduced(req.headers, visitor), own: visitor.headers, url: urlOf(target), agent });
      } catch (error) {
        if (codeOf(error) === 'ECONNREFUSED') targets.failed(target);
        throw failureOf(error, service);
      }
    },
    upgrade: (req, socket, head, visitor) => {
      introduceUpgrade(req.headers, visitor);
      sockets.upgrade(req, socket, head);
    },
    close: () => agent.destroy(),
  };
}

/** An upgrade has no response to answer with: where it fails its socket ends. */
const upgradeProxy = (targets: Targets, agent: Agent, answerTimeoutMs: number): Pick<RequestHandler, 'upgrade'> =>
  createProxyMiddleware({
    agent,
    ws: false,
    xfwd: false,
    upgradeTimeout: answerTimeoutMs,
    router: () => targets.next('notifications'),
    // the default plugins log and answer errors in their own words; only the event hooks are wanted
    ejectPlugins: true,
    plugins: [proxyEventsPlugin],
    on: { error: (_error, _req, res) => void res.destroy() },
  });

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);

function failureOf(error: unknown, service: ServiceName): Refusal {
  if (error instanceof Silent) return new Refusal('gateway-timeout', `The ${service} service did not answer in time`);
  return new Refusal('service-unavailable', `The ${service} service is not available right now; try again`, {
    headers: { 'Retry-After': '1' },
  });
}
