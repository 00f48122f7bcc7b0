import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { SocketLimits } from './limit.ts';

/** Hears a client a little at a time, and reads no more of it before that is heard. What comes on top waits on its own side: whoever never stops talking
 *  must not take the time of everybody else. */
export interface PacedInput {
  /** Time has passed: it may go on. */
  tick(): void;
}
interface PaceInputDeps {
  readonly socket: WebSocket;
  /** What the socket reads from: pieces of messages cost time, too, and make no message for long. */
  readonly connection: Duplex;
  readonly limits: Pick<SocketLimits, 'heardFramesMax' | 'heardBytesMax'>;
  readonly hear: (data: RawData, isBinary: boolean) => void;
  /** What is said from then on is for nobody. */
  readonly ended: AbortSignal;
}

export function paceInput({ socket, connection, limits, hear, ended }: PaceInputDeps): PacedInput {
  /** Of one piece that was read, which may hold thousands. */
  const waiting: [RawData, boolean][] = [];
  let frames = 0;
  let bytes = 0;
  // while anything waits, so much was heard since the last look
  const isEnough = (): boolean => frames >= limits.heardFramesMax || bytes >= limits.heardBytesMax;
  socket.on('message', (data, isBinary) => {
    if (ended.aborted) return;
    if (frames >= limits.heardFramesMax) waiting.push([data, isBinary]);
    else {
      frames += 1;
      hear(data, isBinary);
    }
  });
  const count = (): void => void (frames += 1);
  socket.on('ping', count).on('pong', count);
  // behind the socket's own listener: what it has made of these bytes was heard, or waits
  connection.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (isEnough()) socket.pause();
  });
  return {
    tick() {
      if (ended.aborted) waiting.length = 0;
      const heard = waiting.splice(0, limits.heardFramesMax);
      frames = heard.length;
      bytes = ended.aborted ? 0 : Math.max(0, bytes - limits.heardBytesMax);
      for (const [data, isBinary] of heard) hear(data, isBinary);
      if (!isEnough()) socket.resume();
    },
  };
}
