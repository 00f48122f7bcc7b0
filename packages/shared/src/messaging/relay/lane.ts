import type { Logger } from 'pino';
import type { Doc, Documents, OutboxEntry } from '../../documents/documents.ts';
import { type Clock, instantOf } from '../../service/clock.ts';
import type { Bus } from '../bus.ts';
import type { HistoryLine, Outbox } from '../outbox.ts';
import { endlessRetries } from '../retry-policy.ts';
import { createFlights, type Flight, type Flights } from './flights.ts';
import { createPuller, type Puller } from './puller.ts';
import type { Window } from './window.ts';

export interface RelayObserver {
  /** Events that were confirmed. */
  published?(aggregate: string, count: number): void;
  /** An entry that could not be rendered or published now; it will be tried again. */
  failed?(aggregate: string): void;
}

export interface LaneDeps {
  readonly history: Documents<HistoryLine>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly window: Window;
  /** Documents that are relayed in one go. */
  readonly batchSize: number;
  readonly observer: RelayObserver;
  readonly closed: AbortSignal;
  /** Called whenever something may have come to an end. */
  readonly changed: () => void;
}

/** The relay of one outbox. */
export interface Lane {
  /** Something of this document may have to be told. */
  wake(documentId: string): void;
  /** Wakes documents with entries older than `before` that nobody here has taken up. */
  sweep(before: string): Promise<void>;
  /** Documents and entries that are not told and pulled yet; those that rest between two tries included. */
  readonly pending: number;
  readonly resting: number;
  /** Reads or writes the store right now. */
  readonly busy: boolean;
}

/** How many documents the sweep asks for at once, and how many may wait before it stops asking: the rest is found by the next one. */
const sweepPage = 5_000;
const backlogMax = 50_000;

interface LaneState {
  readonly deps: LaneDeps;
  readonly outbox: Outbox;
  readonly flights: Flights;
  readonly puller: Puller;
  readonly dirty: Set<string>;
  readonly wake: (documentId: string) => void;
}

export function createLane(outbox: Outbox, deps: LaneDeps): Lane {
  const flights = createFlights();
  const dirty = new Set<string>();
  const puller = createPuller(outbox.documents, flights, deps);
  let pumping = 0;
  const state: LaneState = { deps, outbox, flights, puller, dirty, wake };
  function wake(documentId: string): void {
    dirty.add(documentId);
    if (pumping === 0 && !deps.closed.aborted) void pump();
  }
  const pump = async (): Promise<void> => {
    pumping = 1;
    // What is written in the same turn goes in the same batch.
    await Promise.resolve();
    for (let failures = 0; dirty.size > 0 && !deps.closed.aborted;) {
      const ids = [...dirty].slice(0, deps.batchSize);
      for (const id of ids) dirty.delete(id);
      pumping = ids.length;
      failures = (await relayBatch(state, ids, failures)) ? 0 : failures + 1;
    }
    pumping = 0;
    deps.changed();
  };
  return {
    wake,
    async sweep(before) {
      // The oldest come first, those that are known already among them: each page has to reach beyond them.
      for (let full = true; full && dirty.size < backlogMax && !deps.closed.aborted;) {
        const limit = sweepPage + dirty.size + flights.count();
        const docs = await outbox.documents.withOutbox(before, limit);
        for (const doc of docs) if (flights.concerns(doc)) wake(doc._id);
        full = docs.length === limit;
      }
    },
    get pending() {
      return dirty.size + pumping + flights.count();
    },
    get busy() {
      return pumping > 0 || puller.busy;
    },
    get resting() {
      return flights.count('resting');
    },
  };
}

/** True: what was read is recorded and under way. False: the store could not; it waited, and these documents come again. */
async function relayBatch(state: LaneState, ids: readonly string[], failures: number): Promise<boolean> {
  const { deps, outbox, flights } = state;
  let taken: Flight[] = [];
  try {
    flights.readBegins();
    const docs = await outbox.documents.getMany(ids);
    const there = new Set(docs.map((doc) => doc._id));
    for (const id of ids) if (!there.has(id)) flights.drop(id);
    const recordedAt = instantOf(deps.clock);
    const plans = docs.map((doc) => flights.plan(doc, outbox.aggregate, recordedAt));
    taken = plans.flatMap((plan) => plan.publish.map(({ flight }) => flight));
    const lines = plans.flatMap((plan) => plan.lines);
    if (lines.length > 0) await deps.history.insertMany(lines);
    for (const flight of taken) flight.recorded = true;
    for (const { doc, publish } of plans) {
      for (const { entry, flight } of publish) await launch(state, doc, entry, flight);
    }
    return true;
  } catch (error) {
    deps.log.error({ err: error, aggregate: outbox.aggregate }, 'the outbox could not be relayed; it will be tried again');
    for (const flight of taken) flight.status = 'due';
    for (const id of ids) state.dirty.add(id);
    await deps.clock.delay(endlessRetries.delayMs(failures + 1), deps.closed);
    return false;
  }
}

/** Resolves when the event has its place in the window; what becomes of it is told to the flight. */
async function launch(state: LaneState, doc: Doc, entry: OutboxEntry, flight: Flight): Promise<void> {
  const { deps, outbox, puller } = state;
  if (!(await deps.window.enter(deps.closed))) return;
  const leave = deps.window.leave();
  const told = async (): Promise<void> => {
    try {
      const events = await outbox.render(entry, doc);
      await Promise.all(events.map((event) => deps.bus.publish(event)));
      flight.status = 'confirmed';
      deps.observer.published?.(outbox.aggregate, events.length);
      puller.pull(flight.documentId);
    } catch (error) {
      rest(state, flight, error);
    } finally {
      leave();
    }
  };
  void told();
}

/** One that failed never holds up others: it waits by itself for its next try. */
function rest({ deps, outbox, wake }: LaneState, flight: Flight, error: unknown): void {
  flight.failures += 1;
  flight.status = 'resting';
  deps.observer.failed?.(outbox.aggregate);
  deps.log.warn(
    { err: error, entry: flight.entryId, failures: flight.failures },
    'an event could not be published; it will be tried again',
  );
  deps.changed();
  const again = async (): Promise<void> => {
    await deps.clock.delay(endlessRetries.delayMs(flight.failures), deps.closed);
    if (deps.closed.aborted) return;
    flight.status = 'due';
    wake(flight.documentId);
  };
  void again();
}
