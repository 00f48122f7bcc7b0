import type { Logger } from 'pino';
import { DuplicateKey, StaleVersion } from '../documents/documents.ts';
import { type Clock, instantOf } from '../service/clock.ts';
import type { CatchUp } from './catch-up.ts';
import { begun, type Derived, isUnderWay, lookEveryMs, looksUntilGone, moved, type Rebuild } from './rebuild.ts';

export interface RebuilderOptions {
  readonly derived: Derived;
  readonly catchUp: Pick<CatchUp, 'rebuild' | 'now' | 'state'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Makes anew what is derived. One instance empties; when it dies another takes over. Every instance reads the feed, as always, and the first that is
 *  through says that it is done. A kill at any moment costs a delay. */
export interface Rebuilder {
  /** Resolves when it is durable that it begins; with the one that is under way when there is one. */
  begin(): Promise<Rebuild>;
  /** null: there was none yet. */
  latest(): Promise<Rebuild | null>;
  start(): void;
  stop(): Promise<void>;
}

const batchSize = 1_000;

export const createRebuilder = (options: RebuilderOptions): Rebuilder => new DerivedRebuilder(options);

class DerivedRebuilder implements Rebuilder {
  readonly #options: RebuilderOptions;
  readonly #closing = new AbortController();
  readonly #closed: Promise<void>;
  #nudged = new AbortController();
  #running = Promise.resolve();
  /** The version that this instance has written last: while it stands, it is this one that empties. */
  #held = 0;
  /** What was found when it was last looked, and in how many looks before that already. Looks are counted, for clocks may be wrong. */
  #resting = { version: 0, looks: 0 };

  constructor(options: RebuilderOptions) {
    this.#options = options;
    this.#closed = new Promise((resolve) => this.#closing.signal.addEventListener('abort', () => resolve()));
  }
  latest(): Promise<Rebuild | null> {
    const { rebuilds, producer } = this.#options.derived;
    return rebuilds.get(producer);
  }
  async begin(): Promise<Rebuild> {
    for (;;) {
      const before = await this.latest();
      if (isUnderWay(before)) return before;
      try {
        const rebuild = await this.#beginAfter(before);
        this.#nudged.abort();
        return rebuild;
      } catch (error) {
        if (!(error instanceof DuplicateKey || error instanceof StaleVersion)) throw error;
      }
    }
  }
  start(): void {
    this.#running = this.#watch();
  }
  async stop(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #beginAfter(before: Rebuild | null): Promise<Rebuild> {
    const { derived, clock, log } = this.#options;
    const draft = begun(before, derived.producer, instantOf(clock));
    const rebuild = await (before === null ? derived.rebuilds.insert(draft) : derived.rebuilds.replace(draft, before.version));
    this.#held = rebuild.version;
    log.warn({ producer: derived.producer }, 'what is derived is made anew');
    return rebuild;
  }
  async #watch(): Promise<void> {
    const { clock, log } = this.#options;
    while (!this.#closing.signal.aborted) {
      this.#nudged = new AbortController();
      try {
        await this.#goOn();
      } catch (error) {
        // another instance has got further
        if (!(error instanceof StaleVersion)) log.warn({ err: error }, 'the rebuild rests; it will be tried again');
      }
      await clock.delay(lookEveryMs, AbortSignal.any([this.#closing.signal, this.#nudged.signal]));
    }
  }
  async #goOn(): Promise<void> {
    const rebuild = await this.latest();
    if (!isUnderWay(rebuild)) return;
    const isOurs = rebuild.version === this.#held || this.#isAbandoned(rebuild);
    if (rebuild.phase === 'emptying' && !(isOurs && (await this.#empty(rebuild)))) return;
    await this.#read();
  }
  /** Whoever empties moves the version. */
  #isAbandoned({ version }: Rebuild): boolean {
    this.#resting = { version, looks: version === this.#resting.version ? this.#resting.looks + 1 : 0 };
    return this.#resting.looks >= looksUntilGone;
  }
  /** Emptied before the watermark is set back: what a reading brings from then on is not removed. Whether it got through. */
  async #empty(rebuild: Rebuild): Promise<boolean> {
    const { derived, catchUp } = this.#options;
    let held = rebuild;
    for (const { find, remove } of derived.collections.map(bound)) {
      for (;;) {
        held = await this.#move(held, {});
        const docs = await find(batchSize);
        if (docs.length === 0) break;
        await this.#removed(held, () => remove(docs.map(({ _id }) => _id)));
        if (this.#closing.signal.aborted) return false;
      }
    }
    held = await this.#move(held, {});
    await catchUp.rebuild(derived.producer);
    await this.#move(held, { phase: 'reading' });
    return true;
  }
  /** A removal that was held up may come after another instance has taken over and read some of it again: then all begins once more. */
  async #removed(held: Rebuild, remove: () => Promise<void>): Promise<void> {
    await remove();
    const now = await this.latest();
    if (now !== null && now.version !== held.version) await this.#beginAfter(now);
  }
  async #move(rebuild: Rebuild, to: Partial<Pick<Rebuild, 'phase' | 'finishedAt'>>): Promise<Rebuild> {
    const { derived, clock } = this.#options;
    const next = await derived.rebuilds.replace(moved(rebuild, { aliveAt: instantOf(clock), ...to }), rebuild.version);
    this.#held = next.version;
    return next;
  }
  async #read(): Promise<void> {
    const { derived, catchUp, clock, log } = this.#options;
    const before = await this.latest();
    if (before?.phase !== 'reading') return;
    await Promise.race([catchUp.now(derived.producer), this.#closed]);
    const isRead = catchUp.state().every(({ producer, from, at }) => producer !== derived.producer || from === 'now' || at !== null);
    if (this.#closing.signal.aborted || !isRead) return;
    await this.#move(before, { phase: 'done', finishedAt: instantOf(clock) });
    log.info({ producer: derived.producer }, 'what is derived was made anew');
  }
}

const bound = (collection: Derived['collections'][number]) => ({
  find: (limit: number): Promise<readonly { readonly _id: string }[]> => collection.find({}, { limit }),
  remove: (ids: readonly string[]): Promise<void> => collection.remove(ids),
});
