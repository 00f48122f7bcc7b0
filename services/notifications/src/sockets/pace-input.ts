import type { WebSocket } from 'ws';

/** Reads no more of a client once it has said so much, until the next tick. What comes on top waits on its own side: whoever never stops talking must
 *  not take the time of everybody else. */
export interface PacedInput {
  /** Time has passed: it may go on. */
  tick(): void;
}

export function paceInput(socket: WebSocket, framesMax: number): PacedInput {
  let heard = 0;
  const hear = (): void => {
    heard += 1;
    if (heard === framesMax) socket.pause();
  };
  socket.on('message', hear).on('ping', hear).on('pong', hear);
  return {
    tick() {
      if (heard >= framesMax) socket.resume();
      heard = 0;
    },
  };
}
