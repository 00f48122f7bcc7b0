import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { notBegunHeader, Refusal } from '@commonpurse/shared/http';
import type { ServiceName } from '@commonpurse/shared/service';
import { createProxyMiddleware, type Options, proxyEventsPlugin } from 'http-proxy-middleware';
import type { Visitor } from '../front/visitor.ts';
import { rememberParts } from './address-parts.ts';
import { introduced, type Words } from './forwarded-headers.ts';
import { GatheredBody } from './gathered-body.ts';
import { handBack, WholeRequest } from './hand-over.ts';
import { type DoorAt, InstanceAgent } from './instance-agent.ts';
import { createKeptBodies, type KeptBodies } from './kept-bodies.ts';
import { createOpenSockets, type OpenSockets } from './open-sockets.ts';
import { serviceUnavailable, type Targets } from './targets.ts';
import { failUpgrade, greetUpgrade, type HandUpgrade, upgradeBy } from './upgrades.ts';

export interface ServiceProxy {
  /** Hands a request to the service it belongs to, with a client's body as it comes and the answer as it comes back; resolves when it is
   *  over. Rejects with what the client is to be told while nothing of an answer is out. */
  forward(req: IncomingMessage, res: ServerResponse, visitor: Visitor, service: ServiceName): Promise<void>;
  readonly upgrade: HandUpgrade;
  /** Ends the WebSockets that lead through here, each with the close frame that notifications sends, and refuses new ones. Resolves when the
   *  clients have gone, or were cut off. */
  sayGoodbye(): Promise<void>;
  close(): void;
}
interface ProxyOptions {
  readonly targets: Targets;
  /** Default: there are none. */
  readonly doorAt?: DoorAt;
  /** A service that stays silent for this long has failed the request. Default 30,000. */
  readonly answerTimeoutMs?: number;
  /** How long a client may go on sending into a WebSocket that notifications has closed. Default 3,000. */
  readonly leaveMsMax?: number;
  /** How long nothing may move in a WebSocket. Default 120,000. */
  readonly silentMsMax?: number;
}

/** A request on its way to one instance of a service. */
interface Passage extends Words {
  readonly url: string;
  /** As asked for, with the query. */
  readonly target: string;
  readonly fail: (error: unknown) => void;
  /** Hands it to another instance; false: all were tried. */
  readonly passOn: () => boolean;
  /** To the instance, once there is one. */
  connection?: Socket | null;
  /** All of it, where it was here when it was handed on: it can be handed on once more. */
  whole?: WholeRequest | undefined;
  /** What comes of one in chunks. */
  gathered?: GatheredBody | undefined;
  /** The same of one whose body still came. */
  kept?: () => WholeRequest | undefined;
}
/** Written on the request itself: what a weak map holds outlives every quick collection of the young, and with it all that belongs to the
 *  request, so that only the slow ones would free anything. */
const passage = Symbol('passage');
type Passing = IncomingMessage & { [passage]?: Passage };
const passageOf = (req: Passing): Passage | undefined => req[passage];

/** As many as are asked for: a client that says what it has to say a byte at a time holds one for minutes, and with a limit a few hundred of those
 *  would keep everybody else from the service. */
const pool = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: 128, scheduling: 'lifo' } as const;

export function createServiceProxy({
  targets,
  doorAt = () => undefined,
  answerTimeoutMs = 30_000,
  leaveMsMax = 3_000,
  silentMsMax = 120_000,
}: ProxyOptions): ServiceProxy {
  const agent = new InstanceAgent(targets, { ...pool, silentMsMax: answerTimeoutMs }, doorAt);
  const sockets = createOpenSockets(leaveMsMax, silentMsMax);
  const kept = { sockets, bodies: createKeptBodies(), partsOf: rememberParts() };
  const proxy = createProxyMiddleware(optionsOf({ targets, agent, answerTimeoutMs, leaveMsMax, ...kept }));
  const forward: ServiceProxy['forward'] = (req, res, visitor, service) =>
    new Promise((resolve, reject) => {
      const tried = new Set<string>();
      const closing = asksToClose(req);
      const target = req.url ?? '/';
      const pass = (url: string): void => {
        const passOn = (): boolean => {
          const other = insteadOf(url, tried, targets, service);
          if (other !== null) pass(other);
          return other !== null;
        };
        const fail = (error: unknown): void => {
          if (canBeAskedAgain(req, res, error) && passOn()) return;
          passageOf(req)?.gathered?.letGo();
          if (res.headersSent) res.destroy();
          reject(failureOf(service, agent.wasSilent(passageOf(req)?.connection)));
        };
        (req as Passing)[passage] = { url, target, own: visitor.headers, closing, fail, passOn, whole: passageOf(req)?.whole };
        proxy(req, res, fail).catch(fail);
      };
      req.headers = introduced(req.headers, visitor);
      // the router has it: from here it would be parsed once more, to find out whether it is to be handed on
      req.url = '';
      res.once('close', resolve);
      pass(targets.next(service));
    });
  return { forward, upgrade: upgradeBy(proxy, sockets, leaveMsMax), sayGoodbye: () => sockets.sayGoodbye(), close: () => agent.destroy() };
}

interface Parts {
  readonly targets: Targets;
  readonly agent: InstanceAgent;
  readonly answerTimeoutMs: number;
  readonly leaveMsMax: number;
  readonly sockets: OpenSockets;
  readonly bodies: KeptBodies;
  readonly partsOf: ReturnType<typeof rememberParts>;
}
const optionsOf = ({ targets, agent, answerTimeoutMs, leaveMsMax, sockets, bodies, partsOf }: Parts): Options => ({
  agent,
  ws: false,
  xfwd: false,
  upgradeTimeout: answerTimeoutMs,
  pathFilter: () => true,
  router: (req, _res, options) => {
    const passing = passageOf(req);
    if (passing === undefined) return partsOf(targets.next('notifications'));
    const source = sourceOf(passing, req);
    if (source) options.buffer = source;
    options.ignorePath = true;
    const { protocol, hostname, port, pathname } = partsOf(passing.url);
    return { protocol, hostname, port, pathname: pathname + passing.target };
  },
  selfHandleResponse: true,
  // the default plugins log and answer errors in their own words; only the event hooks are wanted
  ejectPlugins: true,
  plugins: [proxyEventsPlugin],
  on: {
    proxyReq: (request, req, res) => {
      const passing = passageOf(req)!;
      passing.connection = request.socket;
      // right before its body goes on
      if (passing.whole === undefined && targets.insteadOf(passing.url).length > 0) passing.kept = bodies.keep(req, res, passing.gathered);
    },
    proxyRes: (answer, req, res) => {
      const passing = passageOf(req)!;
      if (hasNotBegun(answer) && canBePassedOn(passing) && passing.passOn()) answer.resume();
      else handBack(answer, req, res, passing);
    },
    proxyReqWs: greetUpgrade(sockets),
    error: (error, req, res) => {
      // an upgrade has no response object to answer with; its socket is all there is
      if ('statusCode' in res) return passageOf(req)?.fail(error);
      failUpgrade(req, res, failureOf('notifications', codeOf(error) === 'ERR_UPSTREAM_UPGRADE_TIMEOUT'), leaveMsMax);
    },
  },
});

/** What its body is read from; undefined: the request itself. */
function sourceOf(passing: Passage, req: IncomingMessage): WholeRequest | GatheredBody | undefined {
  passing.whole ??= WholeRequest.of(req);
  if (passing.whole === undefined) passing.gathered = GatheredBody.of(req);
  return passing.whole ?? passing.gathered;
}

/** The instance went away with it, and may have done what it was asked: harmless where it was only asked for something, and no body has
 *  gone with it. */
const canBeAskedAgain = (req: IncomingMessage, res: ServerResponse, error: unknown): boolean =>
  ['GET', 'HEAD'].includes(req.method ?? '') &&
  req.headers['content-length'] === undefined &&
  req.headers['transfer-encoding'] === undefined &&
  ['ECONNRESET', 'EPIPE'].includes(String(codeOf(error))) &&
  !res.headersSent &&
  !res.destroyed;

const canBePassedOn = (passing: Passage): boolean => (passing.whole ??= passing.kept?.()) !== undefined;

const hasNotBegun = (answer: IncomingMessage): boolean => answer.statusCode === 503 && notBegunHeader.toLowerCase() in answer.headers;

const asksToClose = (req: IncomingMessage): boolean => req.httpVersion === '1.0' || /\bclose\b/i.test(req.headers.connection ?? '');
const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);

/** Another instance, and from now on rather that one; null: all were tried. */
function insteadOf(url: string, tried: Set<string>, targets: Targets, service: ServiceName): string | null {
  targets.failed(url);
  const other = targets.next(service, tried.add(url));
  return tried.has(other) ? null : other;
}

const failureOf = (service: ServiceName, late: boolean): Refusal =>
  late ? new Refusal('gateway-timeout', `The ${service} service did not answer in time`) : serviceUnavailable(service);
