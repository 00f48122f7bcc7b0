import type { Clock } from '@commonpurse/shared/service';
import type { WebSocket } from 'ws';

/** Asks a peer for signs of life; one without any until it is asked again is dead, and gets no goodbye. */
export function askHeartbeat(socket: WebSocket, clock: Clock, everyMs: number): { alive(): void; tick(): void } {
  let heard = true;
  let askedAt = clock.now();
  const alive = (): void => void (heard = true);
  socket.on('pong', alive);
  return {
    alive,
    tick() {
      if (clock.now() - askedAt < everyMs) return;
      if (!heard) return socket.terminate();
      heard = false;
      askedAt = clock.now();
      socket.ping();
    },
  };
}
