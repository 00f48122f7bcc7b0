import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { cutOffAfter, type Refusal } from '@commonpurse/shared/http';
import type { Options, RequestHandler } from 'http-proxy-middleware';
import type { Visitor } from '../front/visitor.ts';
import { fieldsOf, introducedUpgrade } from './forwarded-headers.ts';
import type { OpenSockets } from './open-sockets.ts';
import { gatewayStopping } from './targets.ts';

/** Hands an upgrade that was let in to notifications.
 *  @param refuse told what the client is to be told when no answer has come; the socket ends right after it */
export type HandUpgrade = (
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
  visitor: Visitor,
  refuse: (refusal: Refusal) => void,
) => void;

/** An upgrade on its way to notifications. */
interface Upgrading {
  /** What its answer carries, whoever gives it. */
  readonly greeting: Readonly<Record<string, string>>;
  readonly refuse: (refusal: Refusal) => void;
  answered: boolean;
}
/** Written on the request itself, as a passage is. */
const upgrading = Symbol('upgrading');
type Upgraded = IncomingMessage & { [upgrading]?: Upgrading };

/** @param leaveMsMax so long a client may go on sending when nobody listens any more */
export const upgradeBy =
  (proxy: Pick<RequestHandler, 'upgrade'>, sockets: OpenSockets, leaveMsMax: number): HandUpgrade =>
  (req, socket, head, visitor, refuse) => {
    if (sockets.ending) return refuse(gatewayStopping());
    req.headers = introducedUpgrade(req.headers, visitor);
    (req as Upgraded)[upgrading] = { greeting: fieldsOf(visitor.headers), refuse, answered: false };
    socket.once('finish', () => takeLeave(socket, leaveMsMax));
    proxy.upgrade(req, socket, head);
  };

/** Whatever answers it, the answer carries what the door has said. */
export const greetUpgrade =
  (sockets: OpenSockets): NonNullable<NonNullable<Options['on']>['proxyReqWs']> =>
  (request, req, client) => {
    const upgrade = (req as Upgraded)[upgrading]!;
    const greet = ({ headers }: IncomingMessage): void => {
      upgrade.answered = true;
      Object.assign(headers, upgrade.greeting);
    };
    request.once('response', greet).once('upgrade', (answer, otherEnd) => {
      greet(answer);
      sockets.add(client, otherEnd);
    });
  };

/** The other end could not be had, or broke off. */
export function failUpgrade(req: IncomingMessage, socket: Socket, failure: Refusal, leaveMsMax: number): void {
  const { answered, refuse } = (req as Upgraded)[upgrading]!;
  if (!answered) refuse(failure);
  takeLeave(socket, leaveMsMax);
}

/** Nothing more comes from the other end. Who still sends is heard out for a moment: an end under his words would reset the connection, and he
 *  would not read why it ended; and one that nobody listens to any more would stay for ever, gone or not. */
function takeLeave(socket: Socket, leaveMsMax: number): void {
  socket.end();
  socket.unpipe();
  socket.resume();
  cutOffAfter(socket, leaveMsMax);
}
