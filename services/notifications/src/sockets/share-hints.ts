import type { Cache } from '@commonpurse/shared/cache';
import { progressChannel } from '@commonpurse/shared/contracts';
import type { JsonObject } from '@commonpurse/shared/documents';
import { type Clock, instantOf, type ServiceDeps } from '@commonpurse/shared/service';
import type { PassingFrame } from '../feed/passing-frame.ts';
import type { SocketHost } from './host-sockets.ts';

/** Tells other instances what this one has appended, and hears what they have. Best effort: who hears nothing looks by itself. */
export interface Hints {
  /** A user's feed has grown to `seq`. */
  grown(userId: string, seq: number): void;
  /** To the user's sockets of every instance. */
  tell(userId: string, frame: PassingFrame): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** False when hints may have been lost since last asked. */
  reliable(): boolean;
}
interface HintsDeps {
  readonly cache: Cache;
  readonly host: SocketHost;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
}

/** `{ userId, seq }` after each append. */
const feedChannel = 'feed';
/** `{ userId, frame }`: frames without a number. */
const passingChannel = 'feed-passing';

export function createHints({ cache, host, clock, log }: HintsDeps): Hints {
  let stops: (() => Promise<void>)[] = [];
  let lost = false;
  cache.onNewRun(() => void (lost = true));
  const publish = (channel: string, message: JsonObject): void => {
    cache.publish(channel, JSON.stringify(message)).catch((error: unknown) => {
      lost = true;
      log.debug({ err: error, channel }, 'a hint was lost');
    });
  };
  const progressFrame = (data: { budgetId: string }): PassingFrame => ({
    type: 'budget.progress',
    about: data.budgetId,
    at: instantOf(clock),
    data,
  });
  return {
    grown: (userId, seq) => publish(feedChannel, { userId, seq }),
    tell: (userId, frame) => publish(passingChannel, { userId, frame: { ...frame } }),
    async start() {
      stops = await Promise.all([
        listen<{ seq: number }>(cache, feedChannel, (userId, { seq }) => host.hear(userId, seq)),
        listen<{ frame: PassingFrame }>(cache, passingChannel, (userId, { frame }) => host.pass(userId, frame)),
        listen<{ data: { budgetId: string } }>(cache, progressChannel, (userId, { data }) => host.pass(userId, progressFrame(data))),
      ]);
    },
    async stop() {
      await Promise.allSettled(stops.map((stop) => stop()));
    },
    reliable() {
      const reliable = !lost && cache.run() !== null;
      lost = false;
      return reliable;
    },
  };
}

const listen = <M>(cache: Cache, channel: string, hear: (userId: string, message: M) => void): Promise<() => Promise<void>> =>
  cache.subscribe(channel, (text) => {
    const message = JSON.parse(text) as M & { readonly userId: string };
    hear(message.userId, message);
  });
