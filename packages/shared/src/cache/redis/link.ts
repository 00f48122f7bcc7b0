import { ReplyError, Redis } from 'ioredis';
import { CacheUnavailable } from '../cache.ts';
import { type ScriptedRedis, scripts } from './scripts.ts';
import { Silence, troubleOf, type Trouble } from './trouble.ts';

/** One connection that is kept up: lost, it comes back by itself, with growing pauses. */
export interface Link {
  readonly up: boolean;
  /** One attempt; rejects with what is wrong. From the first success on, or after `keepTrying`, the connection is kept up. */
  open(): Promise<void>;
  keepTrying(): void;
  /** What is wrong while it is not up. */
  readonly trouble: Trouble;
  /** Sends at once or not at all: nothing waits for a connection, and nothing that was under way is sent a second time over the next one,
   *  for what was true in one run of the server need not be in the next. Rejects with `CacheUnavailable`. */
  call<R>(send: (redis: ScriptedRedis) => Promise<R>): Promise<R>;
  close(): void;
}
export interface LinkOptions {
  readonly url: string;
  /** For people: which server this is. */
  readonly where: string;
  readonly timeoutMs: number;
  /** Done on every new connection before it counts as up. */
  readonly settle: (redis: ScriptedRedis) => Promise<void>;
  /** `up` has changed. */
  readonly changed: () => void;
  /** Of the channels that `settle` or a call has subscribed to. */
  readonly heard?: (channel: string, message: string) => void;
}

/** What is wrong when nothing else is known. */
const closed = new Error('Connection is closed.');
const pauseMsMax = 1_000;
/** Half of each pause is drawn: instances that lost the server together don't come back together. */
const pauseMs = (failures: number): number => Math.min(50 * 2 ** Math.min(failures, 10), pauseMsMax) * (0.5 + Math.random() / 2);

export function createLink(options: LinkOptions): Link {
  const state: LinkState = { up: false, keptUp: false, over: false, failures: 0, connection: 0, error: closed };
  const redis = new Redis(options.url, {
    ...fixedOptions,
    retryStrategy: () => (state.keptUp ? pauseMs((state.failures += 1)) : null),
  }) as ScriptedRedis;
  const { settled, drop } = supervise(redis, state, options);
  return {
    get up() {
      return state.up;
    },
    get trouble() {
      return troubleOf(state.error);
    },
    open: async () => {
      if (state.over) throw state.error;
      try {
        await redis.connect();
        await settled();
        state.keptUp = true;
      } catch (error) {
        if (!state.keptUp && redis.status !== 'end') await new Promise<void>((resolve) => redis.once('end', resolve));
        throw state.error === closed ? error : state.error;
      }
    },
    keepTrying: () => void (state.keptUp = true),
    call: (send) => calling(options, state, drop, () => send(redis)),
    close: () => {
      Object.assign(state, { keptUp: false, up: false, over: true, error: new Error('is closed') });
      redis.disconnect();
    },
  };
}

interface LinkState {
  up: boolean;
  /** It comes back by itself. */
  keptUp: boolean;
  /** It was closed: none is opened any more. */
  over: boolean;
  /** In a row. */
  failures: number;
  /** Counts the connections: what began on one must not end on the next. */
  connection: number;
  /** The last one. */
  error: unknown;
}
interface Supervision {
  /** Resolves when the connection that was made last is up; rejects when it could not be used. */
  readonly settled: () => Promise<void>;
  /** Gives this connection up. */
  readonly drop: (error: unknown) => void;
}

function supervise(redis: ScriptedRedis, state: LinkState, options: LinkOptions): Supervision {
  const turn = (up: boolean): void => {
    if (state.up === up) return;
    state.up = up;
    options.changed();
  };
  const drop = (error: unknown): void => {
    state.error = error;
    turn(false);
    redis.disconnect(true);
  };
  const settle = async (connection: number): Promise<void> => {
    try {
      // After what failed during the handshake, a database number for one, the client goes on as if nothing had been.
      if (state.error !== closed) throw state.error;
      await within(options.timeoutMs, options.settle(redis));
      if (connection !== state.connection) throw state.error;
      state.failures = 0;
      turn(true);
    } catch (error) {
      if (connection === state.connection) drop(error);
      throw error;
    }
  };
  let settling = Promise.resolve();
  redis.on('connect', () => void (state.error = closed));
  redis.on('error', (error: unknown) => void (state.error = error));
  redis.on('close', () => {
    state.connection += 1;
    turn(false);
  });
  redis.on('ready', () => {
    settling = settle(state.connection);
    settling.catch(() => undefined);
  });
  if (options.heard !== undefined) redis.on('message', options.heard);
  return { settled: () => settling, drop };
}

const fixedOptions = {
  scripts,
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  // done by `settle`
  autoResubscribe: false,
  enableReadyCheck: false,
  protocol: 2,
  connectTimeout: 2_000,
  // of the handshake, and of what a lost timer of ours would leave
  commandTimeout: 2_000,
  disconnectTimeout: 50,
  connectionName: 'commonpurse',
} as const;

async function calling<R>(
  { where, timeoutMs }: LinkOptions,
  state: { readonly up: boolean; readonly error: unknown },
  drop: (error: unknown) => void,
  send: () => Promise<R>,
): Promise<R> {
  if (!state.up) throw new CacheUnavailable(`${where} ${troubleOf(state.error).line}`);
  try {
    return await within(timeoutMs, send());
  } catch (error) {
    // Of what the server itself answers, only some means that it can't serve this connection any more.
    const answered = error instanceof ReplyError;
    if (state.up && (!answered || /^(READONLY|LOADING|NOAUTH|MASTERDOWN)/.test((error as Error).message))) drop(error);
    throw new CacheUnavailable(`${where} ${troubleOf(error).line}`, { cause: error });
  }
}

function within<R>(ms: number, promise: Promise<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    // One turn later: an answer that has arrived while this process was busy with something else is no silence.
    const timer = setTimeout(() => setImmediate(() => reject(new Silence(ms))), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
