import type { Logger } from 'pino';
import type { Doc, OutboxEntry } from '../../documents/documents.ts';
import { type Clock, instantOf } from '../../service/clock.ts';
import type { Bus } from '../bus.ts';
import type { Outbox } from '../outbox.ts';
import { endlessRetries } from '../retry-policy.ts';
import { createFlights, type Flight, type Plan } from './flights.ts';
import { createPuller, type Puller } from './puller.ts';
import type { Recorder } from './recorder.ts';
import type { Window } from './window.ts';

export interface RelayObserver {
  /** Events that were confirmed. */
  published?(aggregate: string, count: number): void;
  /** An entry that could not be rendered or published now; it will be tried again. */
  failed?(aggregate: string): void;
}

interface LaneDeps {
  readonly recorder: Recorder;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly window: Window;
  readonly observer: RelayObserver;
  readonly closed: AbortSignal;
  /** Called whenever something may have come to an end. */
  readonly changed: () => void;
}

/** The relay of one outbox. */
export interface Lane {
  /** Something of this document may have to be told.
   *  @param written as a write has made it just now */
  wake(documentId: string, written?: Doc): void;
  /** Wakes documents with entries older than `before` that nobody here has taken up. */
  sweep(before: string): Promise<void>;
  /** Documents and entries that are not told and pulled yet; those that rest between two tries included. */
  readonly pending: number;
  readonly resting: number;
  /** Reads or writes the store right now. */
  readonly busy: boolean;
}

/** Documents that are relayed in one go. */
const batchSize = 200;
/** How many documents the sweep asks for at once, and how many may wait before it stops asking: the rest is found by the next one. */
const sweepPage = 5_000;
const backlogMax = 50_000;
/** With more entries under way than these an event waits for its line: many at once gain nothing by going ahead, and the feed looks for what has
 *  gone ahead among those that wait. */
const besideMax = 100;

/** Whether all that the document has to tell is the write that made it. Where nothing of it is under way either, it needn't be read: what a
 *  late answer brings may have been told and pulled by then, and telling it again is harmless as long as nothing newer went before it. */
const tellsOfItselfOnly = ({ version, outbox = [] }: Doc): boolean =>
  outbox.length > 0 && outbox.every((entry) => entry.version === version);

export const createLane = (outbox: Outbox, deps: LaneDeps): Lane => new OutboxLane(outbox, deps);

class OutboxLane implements Lane {
  readonly #outbox: Outbox;
  readonly #deps: LaneDeps;
  readonly #flights = createFlights();
  /** Those that wait, as they were written; null: to be read. */
  readonly #dirty = new Map<string, Doc | null>();
  readonly #puller: Puller;
  /** How many documents are being relayed; 0: nobody is at it. */
  #pumping = 0;
  /** Of the store, since it last took something. */
  #failures = 0;

  constructor(outbox: Outbox, deps: LaneDeps) {
    this.#outbox = outbox;
    this.#deps = deps;
    this.#puller = createPuller(outbox.documents, this.#flights, deps);
  }
  get pending(): number {
    return this.#dirty.size + this.#pumping + this.#flights.count();
  }
  get resting(): number {
    return this.#flights.count('resting');
  }
  get busy(): boolean {
    return this.#pumping > 0 || this.#puller.busy;
  }
  wake(documentId: string, written?: Doc): void {
    const isEnough = written !== undefined && !this.#dirty.has(documentId) && tellsOfItselfOnly(written);
    this.#dirty.set(documentId, isEnough ? written : null);
    if (this.#pumping === 0 && !this.#deps.closed.aborted) void this.#pump();
  }
  async sweep(before: string): Promise<void> {
    // The oldest come first, those that are known already among them: each page has to reach beyond them.
    for (let full = true; full && this.#dirty.size < backlogMax && !this.#deps.closed.aborted;) {
      const limit = sweepPage + this.#dirty.size + this.#flights.count();
      const docs = await this.#outbox.documents.withOutbox(before, limit);
      for (const doc of docs) if (this.#flights.concerns(doc)) this.wake(doc._id);
      full = docs.length === limit;
    }
  }

  async #pump(): Promise<void> {
    this.#pumping = 1;
    // What is written in the same turn goes in the same batch.
    await Promise.resolve();
    while (this.#dirty.size > 0 && !this.#deps.closed.aborted) {
      if (this.#failures > 0) await this.#deps.clock.delay(endlessRetries.delayMs(this.#failures), this.#deps.closed);
      const batch = new Map(this.#dirty.entries().take(batchSize));
      for (const id of batch.keys()) this.#dirty.delete(id);
      this.#pumping = batch.size;
      await this.#relay(batch);
    }
    this.#pumping = 0;
    this.#deps.changed();
  }
  /** Resolves when what was read is under way, and recorded where its lines wait for no others; where the store could not, these documents
   *  come again. */
  async #relay(batch: ReadonlyMap<string, Doc | null>): Promise<void> {
    const taken: Flight[] = [];
    const relayed = this.#begin(batch, taken).then(async ({ recorded }) => {
      const done = recorded.then(() => this.#recorded(taken));
      if (this.#deps.recorder.withinMs === 0) return done;
      done.catch((error: unknown) => this.#comeAgain(error, batch, taken));
    });
    await relayed.catch((error: unknown) => this.#comeAgain(error, batch, taken));
  }
  /** Resolves when all of it is under way. What resolves when it is on record is no promise of its own: whoever awaits this doesn't wait for that. */
  async #begin(batch: ReadonlyMap<string, Doc | null>, taken: Flight[]): Promise<{ readonly recorded: Promise<void> }> {
    const plans = await this.#plan(batch);
    // nothing of it may be confirmed any more that would see to it
    for (const { doc, freed } of plans) if (freed) this.#puller.pull(doc._id);
    taken.push(...plans.flatMap((plan) => plan.publish.map(({ flight }) => flight)));
    const isCrowded = this.#flights.count() > besideMax;
    const lines = plans.flatMap((plan) => plan.lines);
    const recorded = this.#deps.recorder.record(lines, isCrowded);
    // who launches and who relays see to it; neither may have come so far when it fails
    recorded.catch(() => undefined);
    if (isCrowded) await recorded;
    for (const { doc, publish } of plans) {
      for (const { entry, flight } of publish) await this.#launch(doc, entry, flight, recorded);
    }
    return { recorded };
  }
  #recorded(flights: readonly Flight[]): void {
    this.#failures = 0;
    for (const flight of flights) flight.recorded = true;
  }
  #comeAgain(error: unknown, batch: ReadonlyMap<string, Doc | null>, taken: readonly Flight[]): void {
    this.#deps.log.error({ err: error, aggregate: this.#outbox.aggregate }, 'the outbox could not be relayed; it will be tried again');
    this.#failures += 1;
    for (const flight of taken) flight.status = 'due';
    for (const id of batch.keys()) this.wake(id);
  }
  async #plan(batch: ReadonlyMap<string, Doc | null>): Promise<Plan<Doc>[]> {
    this.#flights.readBegins();
    const written = [...batch.values()].filter((doc) => doc !== null).filter(({ _id }) => !this.#flights.holds(_id));
    const known = new Set(written.map(({ _id }) => _id));
    const unread = [...batch.keys()].filter((id) => !known.has(id));
    const read = unread.length === 0 ? [] : await this.#outbox.documents.getMany(unread);
    const there = new Set(read.map((doc) => doc._id));
    for (const id of unread) if (!there.has(id)) this.#flights.drop(id);
    const recordedAt = instantOf(this.#deps.clock);
    return [...written, ...read].map((doc) => this.#flights.plan(doc, this.#outbox.aggregate, recordedAt));
  }
  /** Resolves when the event has its place in the window; what becomes of it is told to the flight. */
  async #launch(doc: Doc, entry: OutboxEntry, flight: Flight, recorded: Promise<unknown>): Promise<void> {
    const { window, closed } = this.#deps;
    if (await window.enter(closed)) void this.#tell(doc, entry, flight, recorded).finally(window.leave());
  }
  /** It is told when it is published and on record, whichever came first: until then it stays in the outbox, where the feed finds it. */
  async #tell(doc: Doc, entry: OutboxEntry, flight: Flight, recorded: Promise<unknown>): Promise<void> {
    const [published, { status: line }] = await Promise.all([settled(this.#publish(doc, entry)), settled(recorded)]);
    // without its line the whole document comes again
    if (line === 'rejected') return;
    if (published.status === 'rejected') return void this.#rest(flight, published.reason);
    flight.status = 'confirmed';
    this.#deps.observer.published?.(this.#outbox.aggregate, published.value);
    this.#puller.pull(flight.documentId);
  }
  /** How many events it made. */
  async #publish(doc: Doc, entry: OutboxEntry): Promise<number> {
    const events = await this.#outbox.render(entry, doc);
    await Promise.all(events.map((event) => this.#deps.bus.publish(event)));
    return events.length;
  }
  /** One that failed never holds up others: it waits by itself for its next try. */
  async #rest(flight: Flight, error: unknown): Promise<void> {
    const { clock, log, closed, observer } = this.#deps;
    flight.failures += 1;
    flight.status = 'resting';
    observer.failed?.(this.#outbox.aggregate);
    log.warn({ err: error, entry: flight.entryId, failures: flight.failures }, 'an event could not be published; it will be tried again');
    this.#deps.changed();
    await clock.delay(endlessRetries.delayMs(flight.failures), closed);
    if (closed.aborted) return;
    flight.status = 'due';
    this.wake(flight.documentId);
  }
}

const settled = <R>(work: Promise<R>): Promise<PromiseSettledResult<R>> =>
  work.then(
    (value) => ({ status: 'fulfilled', value }),
    (reason: unknown) => ({ status: 'rejected', reason }),
  );
