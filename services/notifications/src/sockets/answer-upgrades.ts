import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { invalid, refusalOf, refuseUpgrade, requestIdOf, unavailable, unexpected } from '@commonpurse/shared/http';
import type { ServiceDeps } from '@commonpurse/shared/service';
import { WebSocketServer } from 'ws';
import { type AdmitUpgradeDeps, admitUpgrade, subprotocol } from './admit-upgrade.ts';
import { closeCode } from './close-code.ts';
import type { SocketHost } from './host-sockets.ts';
import type { SocketLimits } from './limit.ts';
import type { Connection } from './serve-socket.ts';

interface AnswerUpgradesDeps extends AdmitUpgradeDeps {
  readonly host: SocketHost;
  readonly limits: SocketLimits;
  readonly log: ServiceDeps['log'];
  /** False while the service starts or stops. */
  readonly serving: () => boolean;
}
type UpgradeListener = (req: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** RFC 6455, 4.4: what a client may come back with. */
const versionsSpoken = { 'Sec-WebSocket-Version': '13, 8' };

/** Opens a socket for an upgrade, or answers why not in plain HTTP. */
export function answerUpgrades(deps: AnswerUpgradesDeps): UpgradeListener {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: deps.limits.messageBytesMax,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
  // A handshake that is found no good at the very end is refused in the form of all refusals, too.
  sockets.on('wsClientError', ({ message }, socket, req) => {
    const requestId = requestIdOf(req.headers['x-request-id']);
    refuseUpgrade(socket, invalid('', 'handshake-invalid', message), requestId, { 'X-Request-Id': requestId, ...versionsSpoken });
  });
  return (req, socket, head) => {
    const requestId = requestIdOf(req.headers['x-request-id']);
    socket.on('error', (error) => deps.log.debug({ err: error, requestId }, 'the connection of an upgrade failed'));
    answer(deps, sockets, { req, socket, head, requestId }).catch((error: unknown) => refuse(deps, socket, error, requestId));
  };
}

interface Upgrade {
  readonly req: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly requestId: string;
}
async function answer(deps: AnswerUpgradesDeps, sockets: WebSocketServer, { req, socket, head, requestId }: Upgrade): Promise<void> {
  if (!deps.serving()) throw unavailable('The service is starting or stopping');
  const { holder, since } = await admitUpgrade(deps, req, requestId);
  const place = await deps.host.reserve(holder.userId);
  let connection: Connection | null = null;
  const giveUp = (): void => {
    if (connection === null) place.release();
  };
  if (socket.destroyed || !deps.serving()) {
    giveUp();
    throw unavailable('The service is stopping');
  }
  // A handshake that is no good never opens; its connection closes, and the place is free again.
  socket.once('close', giveUp);
  // A gateway that goes down says so by ending its side. The WebSocket's own listener, which comes behind this one, ends ours without a word.
  socket.once('end', () => connection?.close(closeCode.goingAway, 'going away'));
  sockets.handleUpgrade(req, socket, head, (webSocket) => {
    connection = place.open({ socket: webSocket, connection: socket, holder, since });
  });
}

function refuse({ log }: AnswerUpgradesDeps, socket: Duplex, error: unknown, requestId: string): void {
  const refusal = refusalOf(error) ?? unexpected();
  if (refusal.status >= 500) log.warn({ err: error, requestId }, 'an upgrade failed');
  refuseUpgrade(socket, refusal, requestId, { 'X-Request-Id': requestId });
}
