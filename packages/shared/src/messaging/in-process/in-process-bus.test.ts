import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';
import { systemClock } from '../../service/clock.ts';
import { fakeClock } from '../../testing/fake-clock.ts';
import { RecordsImported } from '../../contracts/index.ts';
import type { Bus, DomainEvent, EventType, Subscription } from '../bus.ts';
import { eventOf, InvalidEvent } from '../event.ts';
import { describeBus, memoryParking } from '../messaging.contract.ts';
import { createDisorder } from '../testing/disorder.ts';
import { createInProcessBus, NotDelivered } from './in-process-bus.ts';

const log = pino({ level: 'silent' });

describeBus('in process', async ({ retries, prefetch }) => {
  const bus = createInProcessBus({ clock: systemClock, log, retries, prefetch });
  return { bus, other: bus, close: () => bus.close() };
});

describeBus('in process, in disorder', async ({ retries, prefetch }) => {
  const bus = createInProcessBus({
    clock: systemClock,
    log,
    retries,
    prefetch,
    disorder: createDisorder({ seed: 1, duplicate: 0, replay: 0 }),
  });
  return { bus, other: bus, close: () => bus.close() };
});

const Ticked: EventType<unknown> = { type: 'test.ticked', source: 'test', schema: z.strictObject({ n: z.int() }) };
const tick = (n: number): DomainEvent =>
  eventOf(Ticked, { subject: `tick-${n}`, version: 1, time: '2026-01-15T12:00:00.000Z', correlationid: 'r', actor: 'u', data: { n } });
const on = (handle: Subscription['handle']): Subscription[] => [{ event: Ticked, from: 'now', handle }];
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** A consumer whose handlers end when the gate is opened. */
async function consumeSlowly(bus: Bus): Promise<PromiseWithResolvers<void>> {
  const gate = Promise.withResolvers<void>();
  await bus.consume(
    'slow',
    on(() => gate.promise),
    memoryParking(),
  );
  return gate;
}
const rejecting = async (): Promise<void> => {
  throw new Error('not now');
};

describe('the in-process bus', () => {
  test('confirms only when every consumer has finished', async () => {
    const bus = createInProcessBus({ clock: fakeClock(), log });
    const gate = await consumeSlowly(bus);
    await bus.consume(
      'quick',
      on(async () => undefined),
      memoryParking(),
    );
    let confirmed = false;
    const published = bus.publish(tick(1)).then(() => (confirmed = true));
    await turn();
    expect(confirmed).toBe(false);
    expect(bus.pending).toBe(1);
    gate.resolve();
    await published;
    expect(bus.pending).toBe(0);
    await bus.idle();
  });

  test('waits longer each time before it tries again, by the injected clock', async () => {
    const clock = fakeClock();
    const bus = createInProcessBus({ clock, log });
    const calls: number[] = [];
    const begun = clock.now();
    const handle = async (): Promise<void> => {
      calls.push(clock.now() - begun);
      if (calls.length < 5) throw new Error('not now');
    };
    await bus.consume('flaky', on(handle), memoryParking());
    const idle = Promise.all([bus.publish(tick(1)), bus.idle()]);
    for (let at = 0; calls.length < 5; at += 1) {
      clock.advance(25);
      await turn();
    }
    await idle;
    const gaps = calls.slice(1).map((at, n) => at - (calls[n] as number));
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
    expect(gaps[0]).toBe(100);
    expect(gaps[3]).toBeGreaterThan(1_000);
  });

  test('keeps trying to park, for nothing else would remember', async () => {
    const clock = fakeClock();
    const bus = createInProcessBus({ clock, log, retries: { tries: 1, delayMs: () => 1 } });
    const parking = memoryParking();
    let refusals = 3;
    const park: typeof parking.park = async (event, reason) => {
      refusals -= 1;
      if (refusals >= 0) throw new Error('the store is away');
      await parking.park(event, reason);
    };
    await bus.consume('broken', on(rejecting), { ...parking, park });
    const published = bus.publish(tick(1));
    await turn();
    expect(bus.pending).toBe(1);
    while (bus.pending > 0) {
      clock.advance(1_000);
      await turn();
    }
    await published;
    expect(parking.parked).toHaveLength(1);
  });

  test('takes nothing for handled that a handler rejected, even with no reason at all', async () => {
    const bus = createInProcessBus({ clock: fakeClock(), log, retries: { tries: 1, delayMs: () => 1 } });
    const parking = memoryParking();
    const handle = (): Promise<void> => {
      const handled = Promise.withResolvers<void>();
      handled.reject(undefined);
      return handled.promise;
    };
    await bus.consume('odd', on(handle), parking);
    await bus.publish(tick(1));
    expect(parking.parked).toMatchObject([{ event: tick(1), reason: expect.stringContaining('rejected with nothing') }]);
  });

  test('rejects rather than confirm what a closed consumer had not done', async () => {
    const bus = createInProcessBus({ clock: fakeClock(), log, prefetch: 1 });
    const gate = Promise.withResolvers<void>();
    const consumption = await bus.consume(
      'closing',
      on(() => gate.promise),
      memoryParking(),
    );
    const outcomes = Promise.allSettled([1, 2, 3].map((n) => bus.publish(tick(n))));
    await turn();
    const closed = consumption.close();
    gate.resolve();
    await closed;
    expect((await outcomes).map((outcome) => (outcome.status === 'rejected' ? outcome.reason.name : 'confirmed'))).toEqual([
      'confirmed',
      'NotDelivered',
      'NotDelivered',
    ]);
    await expect(bus.publish(tick(4))).resolves.toBeUndefined();
  });

  test('rejects what waited for its next try, or to be parked, when its consumer is closed', async () => {
    const bus = createInProcessBus({ clock: fakeClock(), log, retries: { tries: 2, delayMs: () => 1_000 } });
    const waiting = await bus.consume('failing', on(rejecting), memoryParking());
    const published = bus.publish(tick(1));
    await turn();
    await waiting.close();
    await expect(published).rejects.toThrow(NotDelivered);

    const bent = { ...Ticked, schema: z.strictObject({ other: z.string() }) };
    const unparkable = { ...memoryParking(), park: rejecting };
    const stuck = await bus.consume('stuck', [{ event: bent, from: 'now', handle: async () => undefined }], unparkable);
    const poison = bus.publish(tick(2));
    await turn();
    await stuck.close();
    await expect(poison).rejects.toThrow(NotDelivered);
  });

  test('rejects what one consumer was not done with, although the others were, and waits for these', async () => {
    const bus = createInProcessBus({ clock: fakeClock(), log });
    await bus.consume(
      'quick',
      on(async () => undefined),
      memoryParking(),
    );
    const failing = await bus.consume('failing', on(rejecting), memoryParking());
    const gate = await consumeSlowly(bus);
    let isOver = false;
    const published = bus.publish(tick(1)).finally(() => (isOver = true));
    const rejected = expect(published).rejects.toThrow(NotDelivered);
    await turn();
    await failing.close();
    await turn();
    // while a handler runs the event is not to be published again
    expect(isOver).toBe(false);
    gate.resolve();
    await rejected;
  });

  test('is closed when its handlers have ended, for their stores are closed next', async () => {
    const bus = createInProcessBus({ clock: fakeClock(), log });
    const gate = await consumeSlowly(bus);
    await bus.consume('failing', on(rejecting), memoryParking());
    const rejected = expect(bus.publish(tick(1))).rejects.toThrow(NotDelivered);
    await turn();
    let isClosed = false;
    const closed = bus.close().then(() => (isClosed = true));
    await turn();
    expect(isClosed).toBe(false);
    gate.resolve();
    await Promise.all([closed, rejected]);
  });

  test('does nothing once it is closed', async () => {
    const bus = createInProcessBus({ clock: fakeClock(), log });
    const consumption = await bus.consume(
      'one',
      on(async () => undefined),
      memoryParking(),
    );
    await bus.close();
    await consumption.close();
    await expect(bus.publish(tick(1))).rejects.toThrow(NotDelivered);
    await expect(bus.consume('two', [], memoryParking())).rejects.toThrow('closed');
    expect(await bus.health()).toBe('closed');
    bus.onReconnect(() => undefined);
  });

  test('checks a foreign event against the contracts, and hands on what is declared', async () => {
    const bus = createInProcessBus({ clock: fakeClock(), log });
    const heard: DomainEvent[] = [];
    await bus.consume('one', [{ event: RecordsImported, from: 'now', handle: async (event) => void heard.push(event) }], memoryParking());
    const foreign = {
      ...tick(1),
      id: 'records.imported/i/1',
      type: 'records.imported',
      source: 'records',
      data: { importId: 'i', ownerId: 'o', action: 'imported', records: [] },
    };
    await bus.publish(foreign);
    expect(heard).toEqual([foreign]);
    expect(Object.isFrozen(heard[0]?.data)).toBe(true);
    await expect(bus.publish({ ...foreign, type: 'records.unheard-of' })).rejects.toThrow(InvalidEvent);
    await expect(bus.publish({ ...foreign, source: 'budgets' })).rejects.toThrow(InvalidEvent);
    await expect(bus.publish({ ...foreign, time: 'yesterday' })).rejects.toThrow(InvalidEvent);
  });

  test('refuses a consumer that subscribes to a type twice', async () => {
    const bus = createInProcessBus({ clock: fakeClock(), log });
    const twice = [...on(async () => undefined), ...on(async () => undefined)];
    await expect(bus.consume('twice', twice, memoryParking())).rejects.toThrow('twice');
  });

  test('works through a long queue with few places', async () => {
    const bus = createInProcessBus({ clock: fakeClock(), log, prefetch: 2 });
    let handled = 0;
    await bus.consume(
      'one',
      on(async () => void (await turn(), (handled += 1))),
      memoryParking(),
    );
    await Promise.all(Array.from({ length: 5_000 }, (_, n) => bus.publish(tick(n))));
    expect(handled).toBe(5_000);
  });
});

describe('disorder', () => {
  test('lets events overtake each other, come twice and come again, loses none, and is the same for the same seed', async () => {
    const run = async (seed: number): Promise<number[]> => {
      const bus = createInProcessBus({ clock: fakeClock(), log, disorder: createDisorder({ seed }) });
      const heard: number[] = [];
      await bus.consume(
        'one',
        on(async (event) => void heard.push((event.data as { n: number }).n)),
        memoryParking(),
      );
      await Promise.all(Array.from({ length: 100 }, (_, n) => bus.publish(tick(n))));
      await bus.idle();
      return heard;
    };
    const heard = await run(7);
    expect(new Set(heard).size).toBe(100);
    expect(heard.length).toBeGreaterThan(110);
    expect(heard).not.toEqual(heard.toSorted((a, b) => a - b));
    expect(await run(7)).toEqual(heard);
    expect(await run(8)).not.toEqual(heard);
  });
});
