import { type Clock, instantOf } from '@commonpurse/shared/service';
import type { WebSocket } from 'ws';
import { type CloseCode, closeCode } from './close-code.ts';
import { frameText } from './frame.ts';
import type { SocketLimits } from './limit.ts';
import { createOutlet, type Outlet } from './pace-output.ts';

/** The sending side of one socket, until it ends. */
export interface Line extends Outlet {
  /** Sends a frame without a number. */
  tell(type: string, data: Parameters<typeof frameText>[2]): void;
  /** Ends it: what still waits here is not sent any more. */
  close(code: CloseCode, reason: string): void;
  /** Says `session.revoked` and ends; not one frame more. */
  endSession(): void;
  /** Aborts when it ends, from either side. */
  readonly ended: AbortSignal;
  /** Aborts when both sides have sent their close frame, or the connection was cut. */
  readonly gone: AbortSignal;
}

/** Once it is closed, a peer that does not answer the close frame in time is cut off: one that does not read can't answer it. */
export function holdLine(socket: WebSocket, clock: Clock, limits: Pick<SocketLimits, 'closeGraceMs' | 'slowGraceMs'>): Line {
  const gone = new AbortController();
  const ending = new AbortController();
  const ended = ending.signal;
  const outlet = createOutlet({ write: (text, taken) => socket.send(text, taken), clock });
  const end = (): void => {
    ending.abort();
    outlet.clear();
  };
  const close = (code: CloseCode, reason: string): void => {
    if (ended.aborted) return;
    end();
    socket.close(code, reason);
    const graceMs = code === closeCode.tooSlow ? limits.slowGraceMs : limits.closeGraceMs;
    void clock.delay(graceMs, gone.signal).then(() => socket.terminate());
  };
  socket.on('close', () => {
    end();
    gone.abort();
  });
  return Object.assign(outlet, {
    ended,
    gone: gone.signal,
    close,
    tell: (type: string, data: Parameters<typeof frameText>[2]) => outlet.send(frameText(type, instantOf(clock), data)),
    endSession() {
      if (ended.aborted) return;
      socket.send(frameText('session.revoked', instantOf(clock), {}));
      close(closeCode.sessionOver, 'session over');
    },
  });
}
