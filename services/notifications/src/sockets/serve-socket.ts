import { type Clock, instantOf, type ServiceDeps } from '@commonpurse/shared/service';
import type { RawData, WebSocket } from 'ws';
import type { PassingFrame } from '../feed/passing-frame.ts';
import { type CloseCode, closeCode } from './close-code.ts';
import { createFollower } from './follow-feed.ts';
import { type FrameError, frameText, parseClientFrame } from './frame.ts';
import type { SocketLimits } from './limit.ts';
import { createOutlet } from './pace-output.ts';
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
}
export interface ConnectionDeps {
  readonly socket: WebSocket;
  readonly holder: Holder;
  readonly stream: FeedStream;
  /** undefined: from now on. */
  readonly since: number | undefined;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
  readonly limits: SocketLimits;
}

const retryMs = 1_000;

/** Serves an open socket: hello, what it has missed, then what comes. */
export function serveSocket(deps: ConnectionDeps): Connection {
  const { socket, holder, stream, clock, log, limits } = deps;
  const ended = new AbortController();
  const outlet = createOutlet({ write: (text, taken) => socket.send(text, taken), clock });
  const tell = (type: string, data: Parameters<typeof frameText>[2]): void => outlet.send(frameText(type, instantOf(clock), data));
  const close = (code: CloseCode, reason: string): void => {
    if (ended.signal.aborted) return;
    ended.abort();
    outlet.clear();
    socket.close(code, reason);
    // A peer that doesn't read can't say goodbye either.
    void clock.delay(limits.closeGraceMs).then(() => socket.terminate());
  };
  const failed = async (error: unknown): Promise<void> => {
    log.warn({ err: error, userId: holder.userId }, 'a feed could not be read; trying again');
    await clock.delay(retryMs, ended.signal);
  };
  const lastSeq = stream.head;
  const follower = createFollower({
    stream,
    from: deps.since === undefined || deps.since > lastSeq ? lastSeq : deps.since,
    send: (text) => outlet.send(text),
    drained: () => outlet.drained(),
    ended: () => ended.signal.aborted,
    now: () => instantOf(clock),
    failed,
  });
  const resume = async (since: number): Promise<void> => {
    // Another instance may have appended what this one has not heard of yet.
    if (since > stream.head) await stream.look().catch(failed);
    if (since > stream.head) tell('error', fromTheFuture(stream.head));
    else follower.resumeFrom(since);
  };
  const heart = createHeart(deps, () => ended.signal.aborted);
  const hear = createEar({ deps, tell, resume: (since) => void resume(since), close, alive: heart.beat });
  socket.on('message', hear);
  socket.on('close', () => {
    ended.abort();
    outlet.clear();
  });
  tell('hello', { userId: holder.userId, lastSeq, heartbeatMs: limits.heartbeatMs });
  if (deps.since !== undefined && deps.since > lastSeq) tell('error', fromTheFuture(lastSeq));
  follower.wake();
  return {
    holder,
    wake: () => follower.wake(),
    pass: (frame) => follower.pass(frame),
    close,
    endSession: () => endSession(socket, clock, ended.signal, close),
    tick() {
      if (clock.now() >= holder.endsAtMs) return endSession(socket, clock, ended.signal, close);
      const { waitingBytes } = outlet;
      const tooSlow = waitingBytes > limits.waitingBytesMax || outlet.stalledMs() >= limits.stalledMsMax;
      if (!tooSlow) return heart.tick();
      log.info({ userId: holder.userId, waitingBytes }, 'a client takes its frames too slowly and is closed');
      close(closeCode.tooSlow, 'too slow');
    },
  };
}

const fromTheFuture = (lastSeq: number): { code: string; detail: string } => ({
  code: 'since-in-future',
  detail: `The newest number is ${lastSeq}`,
});

function endSession(socket: WebSocket, clock: Clock, ended: AbortSignal, close: (code: CloseCode, reason: string) => void): void {
  if (ended.aborted) return;
  socket.send(frameText('session.revoked', instantOf(clock), {}));
  close(closeCode.sessionOver, 'session over');
}

/** Asks for signs of life; a peer without any is dead and gets no goodbye. */
function createHeart({ socket, clock, limits }: ConnectionDeps, ended: () => boolean): { beat(): void; tick(): void } {
  let alive = true;
  let askedAt = clock.now();
  const beat = (): void => void (alive = true);
  socket.on('pong', beat);
  return {
    beat,
    tick() {
      if (ended() || clock.now() - askedAt < limits.heartbeatMs) return;
      if (!alive) return socket.terminate();
      alive = false;
      askedAt = clock.now();
      socket.ping();
    },
  };
}

interface EarDeps {
  readonly deps: ConnectionDeps;
  readonly tell: (type: string, data: Parameters<typeof frameText>[2]) => void;
  readonly resume: (since: number) => void;
  readonly close: (code: CloseCode, reason: string) => void;
  readonly alive: () => void;
}
/** Understands what the client says, and ends it with one who only talks nonsense. */
function createEar({ deps, tell, resume, close, alive }: EarDeps): (data: RawData, isBinary: boolean) => void {
  let errors = 0;
  const wrong = ({ code, detail }: FrameError): void => {
    tell('error', { code, detail });
    errors += 1;
    if (errors >= deps.limits.errorsMax) close(closeCode.notUnderstood, 'not understood');
  };
  return (data, isBinary) => {
    alive();
    if (isBinary) return close(closeCode.unsupportedData, 'text only');
    const frame = parseClientFrame((data as Buffer).toString('utf8'));
    if (frame.type === 'error') return wrong(frame);
    if (frame.type === 'ping') return tell('pong', {});
    return resume(frame.since);
  };
}
