import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { notFound, type Refusal, refusalOf, refuseUpgrade, unexpected } from '@commonpurse/shared/http';
import { fieldsOf } from '../routing/forwarded-headers.ts';
import type { ServiceProxy } from '../routing/proxy.ts';
import { demandOneHost, type Front } from './front.ts';
import type { Visitor } from './visitor.ts';
import { weigh, type WeighDeps } from './weigh.ts';

export interface UpgradeDeps extends WeighDeps {
  readonly front: Pick<Front, 'greet'>;
  readonly proxy: Pick<ServiceProxy, 'upgrade'>;
}

/** Whether a request that offers to go on in another protocol is taken at its word. Clients that would rather speak HTTP/2 offer that with every request
 *  of theirs; to them a server answers as if they had not (RFC 9110 section 7.8). */
export const asksForSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/** Lets a WebSocket through to notifications, which checks who it is, and then whose page: only on `/ws`, within the limits. */
export function createUpgrade(deps: UpgradeDeps): (req: IncomingMessage, socket: Socket, head: Buffer) => Promise<void> {
  return async (req, socket, head) => {
    const visitor = deps.front.greet(req);
    // without a listener a reset by the client would end the process
    socket.on('error', () => socket.destroy());
    const refuse = (refusal: Refusal): void => refuseUpgrade(socket, refusal, visitor.requestId, fieldsOf(visitor.headers));
    try {
      const refusal = await refusalFor(deps, req, visitor);
      if (refusal !== null) return refuse(refusal);
      deps.proxy.upgrade(req, socket, head, visitor, refuse);
    } catch (error) {
      refuse(refusalOf(error) ?? unexpected());
    }
  };
}

async function refusalFor(deps: UpgradeDeps, req: IncomingMessage, visitor: Visitor): Promise<Refusal | null> {
  const refusal = await weigh(deps, req, visitor);
  if (refusal !== null) return refusal;
  demandOneHost(req);
  return visitor.path === '/ws' ? null : notFound();
}
