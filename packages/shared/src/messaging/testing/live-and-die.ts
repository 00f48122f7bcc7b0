import { pino } from 'pino';
import type { Disk } from '../../documents/json/disk.ts';
import { openJsonStore } from '../../documents/json/index.ts';
import { type Doc, type Documents, DuplicateKey } from '../../documents/documents.ts';
import type { FakeClock } from '../../testing/index.ts';
import type { Bus, DomainEvent, Subscription } from '../bus.ts';
import { createCatchUp } from '../catch-up.ts';
import { readChanges } from '../changes-feed.ts';
import { eventOf } from '../event.ts';
import { createInProcessBus, type InProcessBus } from '../in-process/index.ts';
import { createParking, type ParkedDoc, parkedCollection } from '../parking.ts';
import { createRelay } from '../relay/relay.ts';
import { type Watermark, watermarksCollection } from '../watermark.ts';
import { createDisorder } from './disorder.ts';
import { NoteChanged, type Notes, type NoteState, openNotes } from './open-notes.ts';

const log = pino({ level: 'silent' });

/** What can be built in wrongly, to see that the check finds it; and what a broker may do, which must not matter. */
export interface Ways {
  /** The relay takes an event for delivered as soon as it was handed over. */
  readonly confirmEarly?: boolean;
  /** The writer tells before it has written. */
  readonly publishBeforeCommit?: boolean;
  /** Nothing looks for what a crash left in the outboxes. */
  readonly noSweep?: boolean;
  /** The bus confirms every third event and forgets it. */
  readonly forgetfulBus?: boolean;
  /** The consumer reads the feed. */
  readonly catchUp?: boolean;
}

/** One event's effect: kept under the event's id, so that the second is a duplicate. */
interface Effect extends Doc {
  /** The text that the event told as that of its own version; null where it told a later one. */
  readonly text: string | null;
}
interface Mirrored extends Doc {
  readonly text: string;
}

export interface Life {
  readonly producer: Notes;
  readonly effects: Documents<Effect>;
  readonly mirror: Documents<Mirrored>;
  /** Writes the next version; resolves when it is acknowledged. */
  write(id: string, text: string): Promise<number>;
  /** Nothing is under way any more. */
  quiet(): boolean;
  /** Reads the feed once more. */
  catchUp(): Promise<void>;
}

/** Starts a producer, a bus and a consumer over what is on the disk, as one process would. */
export async function live(disk: Disk, clock: FakeClock, seed: number, ways: Ways): Promise<Life> {
  const producer = await openNotes(disk, clock);
  const reader = await openJsonStore({ directory: 'reader', disk, clock });
  const effects = await reader.collection<Effect>({ name: 'effects', indexes: [] });
  const mirror = await reader.collection<Mirrored>({ name: 'mirror', indexes: [] });
  const parking = createParking(await reader.collection<ParkedDoc>(parkedCollection), 'reader', clock);
  const watermarks = await reader.collection<Watermark>(watermarksCollection);
  const bus = createInProcessBus({ clock, log, disorder: createDisorder({ seed }) });
  const subscriptions: Subscription<NoteState>[] = [
    { event: NoteChanged, from: 'beginning', handle: (event) => take(effects, mirror, event) },
  ];
  await bus.consume('reader', subscriptions, parking);
  const { outbox, history } = producer;
  const sweeping = ways.noSweep === true ? { sweepEveryMs: 1e12 } : { sweepAllAtStart: true };
  const relay = createRelay({
    outboxes: [outbox],
    history,
    bus: busWith(bus, ways),
    clock,
    log,
    linesWithinMs: (seed % 3) * 50,
    ...sweeping,
  });
  await relay.start();
  const fetchChanges = (_: string, query: Parameters<typeof readChanges>[1]) =>
    readChanges({ history, outboxes: [outbox], clock, log }, query);
  const catchUp = createCatchUp({
    consumer: 'reader',
    subscriptions: subscriptions,
    parking,
    watermarks,
    fetchChanges,
    bus,
    clock,
    log,
    pageSize: 5,
  });
  if (ways.catchUp === true) await catchUp.start();
  const write = async (id: string, text: string): Promise<number> => {
    if (ways.publishBeforeCommit === true) await tellTooEarly(bus, producer, id, text);
    return producer.write(id, text);
  };
  return { producer, effects, mirror, write, quiet: () => relay.pending === 0 && bus.pending === 0, catchUp: () => catchUp.now() };
}

async function take(effects: Documents<Effect>, mirror: Documents<Mirrored>, event: DomainEvent<NoteState>): Promise<void> {
  const { id, version, text } = event.data;
  await unlessThere(effects.insert({ _id: event.id, version: 1, text: event.version === version ? text : null }));
  const held = await mirror.get(id);
  if (held === null) return unlessThere(mirror.insert({ _id: id, version, text }), () => take(effects, mirror, event));
  if (held.version < version) await mirror.replace({ _id: id, version, text }, held.version);
}

async function unlessThere(inserted: Promise<unknown>, otherwise: () => Promise<void> = async () => undefined): Promise<void> {
  try {
    await inserted;
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    await otherwise();
  }
}

function busWith(bus: InProcessBus, ways: Ways): Pick<Bus, 'publish'> {
  let published = 0;
  return {
    async publish(event) {
      published += 1;
      if (ways.forgetfulBus === true && published % 3 === 0) return;
      const delivered = bus.publish(event);
      if (ways.confirmEarly !== true) await delivered;
      else delivered.catch(() => undefined);
    },
  };
}

async function tellTooEarly(bus: Bus, { notes }: Notes, id: string, text: string): Promise<void> {
  const version = ((await notes.get(id))?.version ?? 0) + 1;
  const data = { id, version, text, historyHash: null };
  await bus.publish(eventOf(NoteChanged, { subject: id, version, time: '2026-01-15T12:00:00.000Z', correlationid: 'r', actor: 'u', data }));
}
