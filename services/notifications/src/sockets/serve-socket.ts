import type { Duplex } from 'node:stream';
import { type Clock, instantOf, type ServiceDeps } from '@commonpurse/shared/service';
import type { WebSocket } from 'ws';
import type { PassingFrame } from '../feed/passing-frame.ts';
import { askHeartbeat } from './ask-heartbeat.ts';
import { type CloseCode, closeCode } from './close-code.ts';
import { createFollower, type Follower } from './follow-feed.ts';
import { hearClient } from './hear-client.ts';
import { holdLine, type Line } from './hold-line.ts';
import type { SocketLimits } from './limit.ts';
import { paceInput } from './pace-input.ts';
import type { FeedStream } from './stream-feed.ts';

/** Who opened a socket, and until when they may have it. */
export interface Holder {
  readonly userId: string;
  readonly sessionId: string;
  /** Milliseconds since the epoch: the end of the session (ticket), or of the access token if that is earlier. */
  readonly endsAtMs: number;
}
/** One open socket. */
export interface Connection {
  readonly holder: Holder;
  /** The feed has moved. */
  wake(): void;
  pass(frame: PassingFrame): void;
  /** Looks after its heartbeat, its pace and its end. */
  tick(): void;
  /** Says `session.revoked` and ends; not one frame more. */
  endSession(): void;
  close(code: CloseCode, reason: string): void;
  /** Aborts when it has closed. */
  readonly gone: AbortSignal;
}
/** A socket that has just opened. */
export interface Opening {
  readonly socket: WebSocket;
  /** What the socket reads from. */
  readonly connection: Duplex;
  readonly holder: Holder;
  /** undefined: from now on. */
  readonly since: number | undefined;
}
interface ConnectionDeps extends Opening {
  readonly stream: FeedStream;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
  readonly limits: SocketLimits;
}

const retryMs = 1_000;

/** Serves an open socket: hello, what it has missed, then what comes. */
export function serveSocket(deps: ConnectionDeps): Connection {
  const { socket, connection, holder, stream, since, clock, limits } = deps;
  const line = holdLine(socket, clock, limits);
  const heartbeat = askHeartbeat(socket, clock, limits.heartbeatMs);
  const lastSeq = stream.head;
  const known = since === undefined || since <= lastSeq;
  const { follower, resume } = follow(deps, line, known ? (since ?? lastSeq) : lastSeq);
  const hear = hearClient({ line, resume, alive: heartbeat.alive, errorsMax: limits.errorsMax });
  const input = paceInput({ socket, connection, limits, hear, ended: line.ended });
  line.tell('hello', { userId: holder.userId, lastSeq, heartbeatMs: limits.heartbeatMs });
  if (!known) line.tell('error', fromTheFuture(lastSeq));
  follower.wake();
  return {
    holder,
    wake: follower.wake,
    pass: follower.pass,
    close: line.close,
    gone: line.gone,
    endSession: line.endSession,
    tick() {
      // of one that ends, too: its close frame may come behind what it still says
      input.tick();
      if (line.ended.aborted) return;
      if (clock.now() >= holder.endsAtMs) return line.endSession();
      if (isTooSlow(line, limits)) return closeAsTooSlow(deps, line);
      heartbeat.tick();
    },
  };
}

/** The socket's place in the feed, beginning behind `from`, and how the client moves it. */
function follow(
  { stream, holder, clock, log }: ConnectionDeps,
  line: Line,
  from: number,
): { follower: Follower; resume: (since: number) => void } {
  const failed = async (error: unknown): Promise<void> => {
    log.warn({ err: error, userId: holder.userId }, 'a feed could not be read; trying again');
    await clock.delay(retryMs, line.ended);
  };
  const follower = createFollower({
    stream,
    from,
    send: (text) => line.send(text),
    drained: () => line.drained(),
    ended: () => line.ended.aborted,
    now: () => instantOf(clock),
    failed,
  });
  const resume = async (since: number): Promise<void> => {
    // Another instance may have appended what this one has not heard of yet.
    if (since > stream.head) await stream.look().catch(failed);
    if (since > stream.head) line.tell('error', fromTheFuture(stream.head));
    else follower.resumeFrom(since);
  };
  return { follower, resume: (since) => void resume(since) };
}

const fromTheFuture = (lastSeq: number): { code: string; detail: string } => ({
  code: 'since-in-future',
  detail: `The newest number is ${lastSeq}`,
});

const isTooSlow = (line: Line, limits: SocketLimits): boolean =>
  line.waitingBytes() > limits.waitingBytesMax || line.stalledMs() >= limits.stalledMsMax;

function closeAsTooSlow({ holder, log }: ConnectionDeps, line: Line): void {
  log.info({ userId: holder.userId, waitingBytes: line.waitingBytes() }, 'a client takes its frames too slowly and is closed');
  line.close(closeCode.tooSlow, 'too slow');
}
