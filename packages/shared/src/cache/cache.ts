/** Values that may be lost at any moment: limits, tickets, stamps; and hints from one instance to the others. Nothing durable lives here. */
export interface Cache {
  get(key: string): Promise<string | null>;
  /** In one round trip, in the order asked for. */
  getMany(keys: readonly string[]): Promise<(string | null)[]>;
  set(key: string, value: string, ttlMs?: number): Promise<void>;
  /** As `set`, but the time counts from this call, and not from when it takes effect: a call that was given up and takes effect after all
   *  lets nothing live longer, but for what the backend's clock is not known to (less than 1 s). */
  hold(key: string, value: string, ttlMs: number): Promise<void>;
  /** False when the key was there already. */
  setIfAbsent(key: string, value: string, ttlMs?: number): Promise<boolean>;
  /** Raises a number atomically: the higher of what is there and `value` stays; answers what stayed. */
  raise(key: string, value: number, ttlMs?: number): Promise<number>;
  /** Reads and deletes in one step: of many callers one gets the value. */
  take(key: string): Promise<string | null>;
  delete(key: string): Promise<void>;
  /** GCRA: `limit` an interval, as a steady rate with a burst. Atomic, one round trip. */
  limit(key: string, limit: Limit, cost?: number): Promise<LimitVerdict>;
  /** Best effort, to every listener of every instance; lost when the cache is away. */
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;
  /** Names this run of the backend: another value after it was restarted (and may have forgotten things); null while it is away. */
  run(): string | null;
  /** Calls back whenever `run()` has changed. */
  onNewRun(listener: () => void): void;
  /** null: works; otherwise one line saying what is wrong. */
  health(): Promise<string | null>;
  close(): Promise<void>;
}
/** The cache can't answer now. What follows is the caller's decision: to refuse (guessing), or to count by itself and more strictly (limits). */
export class CacheUnavailable extends Error {
  override readonly name = 'CacheUnavailable';
}
export interface Limit {
  /** Sustained: so many per `periodMs`. */
  readonly rate: number;
  readonly periodMs: number;
  /** How many may come at once; at least 1. */
  readonly burst: number;
}
export interface LimitVerdict {
  readonly allowed: boolean;
  /** Calls that would be allowed right now. */
  readonly remaining: number;
  /** 0 when allowed. */
  readonly retryAfterMs: number;
  /** Until the whole burst is there again. */
  readonly resetMs: number;
}
