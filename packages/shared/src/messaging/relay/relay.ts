import type { Logger } from 'pino';
import type { Documents } from '../../documents/documents.ts';
import { type Clock, instantAt } from '../../service/clock.ts';
import type { Bus } from '../bus.ts';
import type { HistoryLine, Outbox } from '../outbox.ts';
import { createLane, type Lane, type RelayObserver } from './lane.ts';
import { createRecorder } from './recorder.ts';
import { createWindow } from './window.ts';

export interface RelayOptions {
  readonly outboxes: readonly Outbox[];
  readonly history: Documents<HistoryLine>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Events that are under way at once. Default 1,000. */
  readonly windowSize?: number;
  /** Default 3,000. */
  readonly sweepEveryMs?: number;
  /** For a system of one instance: what is found at the start was left behind, however young it is. */
  readonly sweepAllAtStart?: boolean;
  /** How long a line of history may wait for others, to be written and then pulled with them: for a store that costs a command each time. Default 0. */
  readonly linesWithinMs?: number;
  readonly observer?: RelayObserver;
}

/** Tells others what was written: each outbox entry becomes a line of history and an event, and when both are done it is pulled.
 *  Doing any of it twice is harmless; until it is done the entry stays in its document, so a crash costs a delay and nothing else. */
export interface Relay {
  /** Listens for writes and looks for what was left behind; resolves after that first look. */
  start(): Promise<void>;
  /** Resolves when everything known is told and pulled. For tests: with an event that can't be published it waits on. */
  idle(): Promise<void>;
  /** Before stopping: finishes what is under way, at most `withinMs`; entries that rest between tries are left to the next start. How many are left. */
  drain(withinMs: number): Promise<number>;
  /** What is not done stays in the outboxes. */
  stop(): Promise<void>;
  /** Documents and entries that are known and not done. */
  readonly pending: number;
}

/** How old an entry is before the sweep takes it for left behind by a crash, of this instance or another. */
const sweepOlderThanMs = 5_000;
/** An entry that was written by a clock that was ahead bears an instant that is still to come. Who wrote it may be gone: so every fifth sweep takes
 *  whatever there is. */
const wholeSweepEvery = 5;
const endOfTime = '9999-12-31T23:59:59.999Z';

export function createRelay(options: RelayOptions): Relay {
  const { outboxes, history, bus, clock, log, windowSize = 1_000, observer = {} } = options;
  const closing = new AbortController();
  const waits = createWaits();
  const window = createWindow({ clock, size: windowSize, slowAfterMs: 1_000, sizeMax: windowSize * 10 });
  const recorder = createRecorder({ history, clock, withinMs: options.linesWithinMs ?? 0, closed: closing.signal, rested: waits.check });
  const deps = { recorder, bus, clock, log, window, observer, closed: closing.signal, changed: waits.check };
  const lanes = outboxes.map((outbox) => createLane(outbox, deps));
  const stops: (() => void)[] = [];
  const pending = (): number => lanes.reduce((sum, lane) => sum + lane.pending, 0);
  const active = (): number => lanes.reduce((sum, lane) => sum + lane.pending - lane.resting, 0);
  let sweeping: Promise<void> = Promise.resolve();

  return {
    async start() {
      outboxes.forEach((outbox, at) => stops.push(outbox.documents.onOutbox((id, written) => (lanes[at] as Lane).wake(id, written))));
      await sweepAll(lanes, options.sweepAllAtStart === true ? endOfTime : instantAt(clock.now() - sweepOlderThanMs), log);
      sweeping = keepSweeping(lanes, options, closing.signal);
    },
    idle: () => waits.until(() => pending() === 0),
    async drain(withinMs) {
      const over = new AbortController();
      await Promise.race([waits.until(() => active() === 0), clock.delay(withinMs, over.signal)]);
      over.abort();
      return pending();
    },
    async stop() {
      closing.abort();
      for (const stop of stops) stop();
      await sweeping;
      await waits.until(() => lanes.every((lane) => !lane.busy) && !recorder.busy);
    },
    get pending() {
      return pending();
    },
  };
}

async function keepSweeping(lanes: readonly Lane[], options: RelayOptions, closed: AbortSignal): Promise<void> {
  const { clock, log, sweepEveryMs = 3_000 } = options;
  for (let sweeps = 1; ; sweeps += 1) {
    await clock.delay(sweepEveryMs, closed);
    if (closed.aborted) return;
    await sweepAll(lanes, sweeps % wholeSweepEvery === 0 ? endOfTime : instantAt(clock.now() - sweepOlderThanMs), log);
  }
}

async function sweepAll(lanes: readonly Lane[], before: string, log: Logger): Promise<void> {
  const sweep = async (lane: Lane): Promise<void> => {
    try {
      await lane.sweep(before);
    } catch (error) {
      log.error({ err: error }, 'the sweep could not read an outbox; it will be tried again');
    }
  };
  await Promise.all(lanes.map(sweep));
}

/** Promises that resolve when a condition has come to hold; `check` is called after every change. */
function createWaits() {
  let waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];
  return {
    check: (): void => {
      const met = waiting.filter(({ holds }) => holds());
      waiting = waiting.filter((wait) => !met.includes(wait));
      for (const { resolve } of met) resolve();
    },
    until: (holds: () => boolean): Promise<void> =>
      holds() ? Promise.resolve() : new Promise((resolve) => waiting.push({ holds, resolve })),
  };
}
