import type { Socket } from 'node:net';
import { cutOffAfter } from '@commonpurse/shared/http';

/** The WebSockets that lead through this gateway. */
export interface OpenSockets {
  /** Right before their bytes go to and fro between the two. */
  add(client: Socket, otherEnd: Socket): void;
  readonly ending: boolean;
  /** Ends them all, each with the other end's last words. Resolves when the clients have gone, or are cut off. */
  sayGoodbye(): Promise<void>;
}

/** @param leaveMsMax so long a client and the other end may take
 *  @param silentMsMax a client with whom nothing moves for so long, or twice as long while a write waits, is cut off: several of the other end's heartbeats have passed then. From one who
 *    takes nothing, the other end turns away by itself; here that would never be seen, for its end lies behind what is not taken */
export function createOpenSockets(leaveMsMax: number, silentMsMax: number): OpenSockets {
  const open = new Map<Socket, Socket>();
  const left = Promise.withResolvers<void>();
  let ending = false;
  const takeLeave = (client: Socket, otherEnd: Socket): void => {
    leaveLastWords(client, otherEnd);
    cutOffAfter(client, leaveMsMax);
  };
  return {
    get ending() {
      return ending;
    },
    add: (client, otherEnd) => {
      open.set(client, otherEnd);
      client.setTimeout(silentMsMax, () => client.destroy());
      client.once('close', () => {
        // behind the pipe, which lets go of the other end now, and stops its words
        process.nextTick(letGo, otherEnd, leaveMsMax);
        open.delete(client);
        if (ending && open.size === 0) left.resolve();
      });
      // not before there is something to and fro that can be ended
      if (ending) process.nextTick(takeLeave, client, otherEnd);
    },
    sayGoodbye: async () => {
      ending = true;
      for (const [client, otherEnd] of open) takeLeave(client, otherEnd);
      if (open.size > 0) await left.promise;
    },
  };
}

/** Its client is gone, which it is told where it was not yet. What it still says is for nobody, but unread it would keep the connection: its end
 *  comes behind. */
function letGo(otherEnd: Socket, leaveMsMax: number): void {
  otherEnd.end();
  otherEnd.resume();
  cutOffAfter(otherEnd, leaveMsMax);
}

/** A close frame from here could fall into the middle of one of the other end's. That one hears that nothing more comes, and says the
 *  last words itself; what the client still says is for nobody. */
function leaveLastWords(client: Socket, otherEnd: Socket): void {
  client.unpipe(otherEnd);
  client.resume();
  otherEnd.end();
}
