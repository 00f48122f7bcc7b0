import type { Logger } from 'pino';
import type { Clock } from '../../service/clock.ts';
import type { RetryPolicy } from '../retry-policy.ts';
import { BrokerUnavailable, lineOf } from './failure.ts';

export interface Closable {
  close(): Promise<void>;
}

export interface KeepOptions<T extends Closable> {
  /** As it is named in the log. */
  readonly what: string;
  /** Opens one. `lost` tells, at any later time and as often as it likes, that this one is no good any more. Once `closing` is aborted nobody
   *  waits for it any longer: what is opened all the same is closed at once. */
  open(lost: (why: string) => void, closing: AbortSignal): Promise<T>;
  /** One is there. */
  opened?(one: T): void;
  /** Asked until the first one is there: whether it is not worth waiting for after this failure. */
  giveUp(failure: BrokerUnavailable): boolean;
  /** Whether what happens now need not be told to an operator: what this one stands on is away, and that was told. */
  quiet?(): boolean;
  readonly retries: RetryPolicy;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Keeps one of something that breaks: opens it, and another one whenever it is lost, after growing delays. */
export interface Keeper<T extends Closable> extends Closable {
  readonly current: T | null;
  /** The one that is there or the next to come; null when there will be none any more, or nobody waits for it. */
  next(stopWaiting: AbortSignal): Promise<T | null>;
  /** Resolves when the first one is there; rejects when it was given up, or closed before. */
  readonly first: Promise<T>;
  /** Resolves after the first attempt, whatever came of it. */
  readonly tried: Promise<void>;
  /** Why there is none, in one line; null while there is one. */
  readonly trouble: string | null;
}

/** What somebody has to change first is looked at less often. */
const permanentMs = 15_000;
/** What lives shorter was not really there: its loss counts as a failure, so that nothing is opened again and again without a pause. */
const soundAfterMs = 5_000;

export const keep = <T extends Closable>(options: KeepOptions<T>): Keeper<T> => new Kept(options);

class Kept<T extends Closable> implements Keeper<T> {
  readonly #options: KeepOptions<T>;
  readonly #closing = new AbortController();
  readonly #first = Promise.withResolvers<T>();
  readonly #tried = Promise.withResolvers<void>();
  readonly #running: Promise<void>;
  /** What was lost is closed in the background: a handler that hangs must not hold up the next one. */
  readonly #closings = new Set<Promise<void>>();
  readonly #waiting = new Set<(one: T | null) => void>();
  /** Since the last one was there. */
  readonly #told = new Set<string>();
  #current: T | null = null;
  #wasThere = false;
  #lose: (why: string) => void = () => undefined;
  #trouble: string | null = 'not open yet';

  constructor(options: KeepOptions<T>) {
    this.#options = options;
    // whoever is interested looks at it; nobody has to
    this.#first.promise.catch(() => undefined);
    this.#running = this.#run();
  }
  get current(): T | null {
    return this.#current;
  }
  get first(): Promise<T> {
    return this.#first.promise;
  }
  get tried(): Promise<void> {
    return this.#tried.promise;
  }
  get trouble(): string | null {
    return this.#trouble;
  }
  next(stopWaiting: AbortSignal): Promise<T | null> {
    if (this.#current !== null || this.#closing.signal.aborted || stopWaiting.aborted) return Promise.resolve(this.#current);
    return new Promise((resolve) => {
      const waiting = (one: T | null): void => {
        this.#waiting.delete(waiting);
        stopWaiting.removeEventListener('abort', stopped);
        resolve(one);
      };
      const stopped = (): void => waiting(null);
      stopWaiting.addEventListener('abort', stopped);
      this.#waiting.add(waiting);
    });
  }
  async close(): Promise<void> {
    this.#end('closed');
    await this.#running;
    await Promise.all(this.#closings);
  }

  #end(why: string): void {
    this.#trouble = why;
    this.#closing.abort();
    this.#lose('closed');
    this.#first.reject(new BrokerUnavailable(`${this.#options.what}: ${why}`, { permanent: true }));
    this.#tried.resolve();
    for (const waiting of this.#waiting) waiting(null);
  }
  async #run(): Promise<void> {
    const { clock, retries } = this.#options;
    for (let failures = 0; !this.#closing.signal.aborted;) {
      const { livedMs, permanent } = await this.#openOne();
      failures = livedMs >= soundAfterMs ? 0 : failures + 1;
      if (failures > 0) await clock.delay(permanent ? permanentMs : retries.delayMs(failures), this.#closing.signal);
    }
  }
  /** Resolves when it is not there any more, with how long it was, and whether that is for good. */
  async #openOne(): Promise<{ livedMs: number; permanent: boolean }> {
    const lost = Promise.withResolvers<string>();
    let isLost = false;
    this.#lose = (why: string): void => {
      if (isLost) return;
      isLost = true;
      this.#current = null;
      lost.resolve(why);
    };
    try {
      const one = await this.#unlessClosing(this.#options.open(this.#lose, this.#closing.signal));
      if (one === null) return { livedMs: 0, permanent: false };
      const openedAt = this.#options.clock.now();
      if (!isLost) this.#welcome(one);
      this.#tried.resolve();
      this.#failed(await lost.promise);
      this.#discard(one);
      return { livedMs: this.#options.clock.now() - openedAt, permanent: false };
    } catch (error) {
      // what it still says of itself must not be taken for the loss of the next one
      isLost = true;
      const failure = error instanceof BrokerUnavailable ? error : new BrokerUnavailable(lineOf(error), { permanent: false });
      if (!this.#wasThere && this.#options.giveUp(failure)) this.#giveUp(failure);
      else this.#failed(failure.message);
      this.#tried.resolve();
      return { livedMs: 0, permanent: failure.permanent };
    }
  }
  async #unlessClosing(opening: Promise<T>): Promise<T | null> {
    const { signal } = this.#closing;
    const closing = Promise.withResolvers<null>();
    const stop = (): void => closing.resolve(null);
    signal.addEventListener('abort', stop);
    const one = await Promise.race([opening, closing.promise]);
    signal.removeEventListener('abort', stop);
    if (!signal.aborted) return one;
    void opening.then(
      (late) => this.#discard(late),
      () => undefined,
    );
    return null;
  }
  #welcome(one: T): void {
    const { log, what, opened, quiet } = this.#options;
    log[quiet === undefined ? 'info' : 'debug']({ what }, 'open');
    this.#current = one;
    this.#wasThere = true;
    this.#trouble = null;
    this.#told.clear();
    this.#first.resolve(one);
    for (const waiting of this.#waiting) waiting(one);
    opened?.(one);
  }
  /** Says each thing once, not at every try. */
  #failed(why: string): void {
    if (this.#closing.signal.aborted) return;
    this.#trouble = why;
    if (this.#told.has(why)) return;
    this.#told.add(why);
    const { log, what, quiet } = this.#options;
    log[quiet?.() === true ? 'debug' : 'warn']({ what, why }, 'lost or not there; it will be tried until it is');
  }
  #giveUp(failure: BrokerUnavailable): void {
    this.#first.reject(failure);
    this.#end(failure.message);
  }
  #discard(one: T): void {
    const closing = one.close().catch(() => undefined);
    this.#closings.add(closing);
    void closing.finally(() => this.#closings.delete(closing));
  }
}
