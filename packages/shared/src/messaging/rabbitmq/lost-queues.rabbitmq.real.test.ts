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
import { type BusRig, openBusRig, until } from './testing/bus-rig.ts';

const log = pino({ level: 'silent' });
const queue = 'commonpurse.reader';

describe('queues that are lost', () => {
  let rig: BusRig;
  beforeEach(async () => void (rig = await openBusRig('queues')));
  afterEach(() => rig.close());

  /** A producer of notes and a consumer that mirrors them, each with a bus of its own. */
  async function live() {
    const clock = systemClock;
    const producer = await openNotes(memoryDisk(), clock);
    const outboxes = [producer.outbox];
    const relay = createRelay({ outboxes, history: producer.history, bus: await rig.open(), clock, log });
    const bus = await rig.open();
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
      stop: async () => {
        await catchUp.stop();
        await relay.stop();
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
    await system.stop();
  });

  test('a queue that is deleted again and again under load costs a delay and nothing else', async () => {
    const system = await live();
    let writing = true;
    const deleting = (async () => {
      let deleted = 0;
      for (; writing || deleted < 5; deleted += 1) {
        const before = system.reconnected();
        await rig.vhost.deleteQueue(queue);
        await until(() => system.reconnected() > before);
      }
      return deleted;
    })();
    const writer = async (first: number): Promise<void> => {
      for (let n = first; n < first + 100; n += 1) await system.write(n);
    };
    await Promise.all(Array.from({ length: 8 }, (_, at) => writer(at * 100)));
    writing = false;
    const deleted = await deleting;
    await until(() => system.told() && system.mirror.size === 800);
    expect(system.reconnected()).toBe(deleted);
    await system.stop();
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
    await until(() => system.reconnected() === 1);
    release();
    await until(() => system.told() && system.mirror.size === 51);
    await system.stop();
  });
});
