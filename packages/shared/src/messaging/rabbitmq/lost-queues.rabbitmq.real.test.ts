import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { systemClock } from '../../service/clock.ts';
import { memoryDisk } from '../../testing/index.ts';
import { createCatchUp } from '../catch-up.ts';
import { readChanges } from '../changes-feed.ts';
import { memoryParking } from '../messaging.contract.ts';
import { createRelay } from '../relay/relay.ts';
import { NoteChanged, type NoteState, openNotes } from '../testing/open-notes.ts';
import { type Watermark, watermarksCollection } from '../watermark.ts';
import { type BusRig, hastyClock, openBusRig, until } from './testing/bus-rig.ts';

const log = pino({ level: 'silent' });
const queue = 'commonpurse.reader';
/** Looks at its bindings every few moments. */
const hasty = { clock: hastyClock, publishTimeoutMs: 10_000_000 };

describe('queues and bindings that are lost', () => {
  let rig: BusRig;
  let stop = async (): Promise<void> => {};
  beforeEach(async () => void (rig = await openBusRig('queues')));
  afterEach(async () => {
    await stop();
    await rig.close();
  });

  /** A producer of notes and a consumer that mirrors them, each with a bus of its own. */
  async function live() {
    const clock = systemClock;
    const producer = await openNotes(memoryDisk(), clock);
    const outboxes = [producer.outbox];
    const relay = createRelay({ outboxes, history: producer.history, bus: await rig.open(), clock, log });
    const bus = await rig.open(hasty);
    const mirror = new Map<string, number>();
    let gate = Promise.resolve();
    let begun = 0;
    const handle = async (data: NoteState): Promise<void> => {
      begun += 1;
      await gate;
      if ((mirror.get(data.id) ?? 0) < data.version) mirror.set(data.id, data.version);
    };
    const subscriptions = [
      { event: NoteChanged, from: 'beginning' as const, handle: async ({ data }: { data: unknown }) => handle(data as NoteState) },
    ];
    const parking = memoryParking();
    const catchUp = createCatchUp({
      consumer: 'reader',
      subscriptions,
      parking,
      bus,
      clock,
      log,
      watermarks: await producer.store.collection<Watermark>(watermarksCollection),
      fetchChanges: (_, query) => readChanges({ ...producer, outboxes, clock, log }, query),
    });
    let reconnected = 0;
    bus.onReconnect(() => (reconnected += 1));
    await bus.consume('reader', subscriptions, parking);
    stop = async () => {
      await catchUp.stop();
      await relay.stop();
    };
    await relay.start();
    await catchUp.start();
    return {
      mirror,
      write: (n: number) => producer.write(`note-${n}`, String(n)),
      told: () => relay.pending === 0,
      begun: () => begun,
      reconnected: () => reconnected,
      /** Handlers wait until the returned function is called. */
      hold: () => {
        const held = Promise.withResolvers<void>();
        gate = held.promise;
        return held.resolve;
      },
    };
  }

  test('what was in a queue that somebody deleted is found in the feed', async () => {
    const system = await live();
    const release = system.hold();
    await Promise.all(Array.from({ length: 100 }, (_, n) => system.write(n)));
    await until(() => system.told() && system.begun() > 0);
    await rig.vhost.deleteQueue(queue);
    await until(() => system.reconnected() === 1);
    release();
    await until(() => system.mirror.size === 100);
    await system.write(100);
    await until(() => system.mirror.size === 101);
  });

  test('a queue that is deleted again and again under load costs a delay and nothing else', async () => {
    const system = await live();
    let writing = true;
    const deleting = (async () => {
      for (let deleted = 0; writing || deleted < 5; deleted += 1) {
        const before = system.reconnected();
        await rig.vhost.deleteQueue(queue);
        await until(() => system.reconnected() > before);
      }
    })();
    const writer = async (first: number): Promise<void> => {
      for (let n = first; n < first + 100; n += 1) await system.write(n);
    };
    await Promise.all(Array.from({ length: 8 }, (_, at) => writer(at * 100)));
    writing = false;
    await deleting;
    await until(() => system.told() && system.mirror.size === 800);
    // once more where somebody told of what had come back meanwhile
    expect(system.reconnected()).toBeGreaterThanOrEqual(5);
  });

  test('an exchange that somebody deleted is there again, and what was told meanwhile is found in the feed', async () => {
    const system = await live();
    await system.write(0);
    await until(() => system.mirror.size === 1);
    await rig.vhost.deleteExchange();
    await Promise.all(Array.from({ length: 20 }, (_, n) => system.write(n + 1)));
    // what comes after it is bound again may arrive before it says that it was away
    await until(() => system.told() && system.mirror.size === 21 && system.reconnected() > 0);
    await system.write(21);
    await until(() => system.mirror.size === 22);
  });

  test('a consumer notices that the exchange was deleted though nobody publishes anything', async () => {
    const system = await live();
    await rig.vhost.deleteExchange();
    await until(() => system.reconnected() > 0);
    await system.write(0);
    await until(() => system.mirror.size === 1);
  });

  test('a binding that somebody removed is there again as soon as something comes back for the lack of it', async () => {
    const system = await live();
    await rig.vhost.unbind(queue, NoteChanged.type);
    await system.write(0);
    await until(() => system.mirror.size === 1 && system.reconnected() > 0);
    await system.write(1);
    await until(() => system.mirror.size === 2);
  });

  test('a broker that forgot everything, and threw everybody out, is set up anew', async () => {
    const system = await live();
    const release = system.hold();
    await Promise.all(Array.from({ length: 50 }, (_, n) => system.write(n)));
    await until(() => system.told() && system.begun() > 0);
    await rig.vhost.drop();
    await until(() => rig.logged.some(({ why }) => String(why).includes('virtual host')));
    await system.write(50);
    await rig.vhost.make();
    await until(() => system.reconnected() > 0);
    release();
    await until(() => system.told() && system.mirror.size === 51);
  });
});
