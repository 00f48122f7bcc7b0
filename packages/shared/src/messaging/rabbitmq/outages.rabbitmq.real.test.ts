import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Bus } from '../bus.ts';
import { memoryParking } from '../messaging.contract.ts';
import { NotPublished } from './publisher.ts';
import { type BusRig, hastyClock, leisurelyClock, on, openBusRig, tick, ticks, until } from './testing/bus-rig.ts';

const rejections = (outcomes: readonly PromiseSettledResult<void>[]): Error[] =>
  outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));

describe('the bus on RabbitMQ, when the connection breaks', () => {
  let rig: BusRig;
  beforeEach(async () => void (rig = await openBusRig('outages')));
  afterEach(() => rig.close());

  /** As the outbox does. */
  async function publishUntilConfirmed(bus: Bus, n: number): Promise<void> {
    while (rejections(await Promise.allSettled([bus.publish(tick(n))])).length > 0);
  }

  /** A consumer that is not affected, and what it has heard. */
  async function listener(url = rig.vhost.url): Promise<{ bus: Bus; heard: Set<string> }> {
    const bus = await rig.open({ url });
    const heard = new Set<string>();
    await bus.consume('listener', [on((event) => heard.add(event.subject))], memoryParking());
    return { bus, heard };
  }

  test('rejects what was not confirmed, and publishes it when asked again', async () => {
    const { heard } = await listener();
    const bus = await rig.open();
    await rig.proxy.mode('blackhole');
    const outcomes = Promise.allSettled(ticks(200).map((event) => bus.publish(event)));
    rig.proxy.cut();
    await rig.proxy.mode('pass');
    const failed = rejections(await outcomes);
    // Those that were not sent yet waited for the next connection.
    expect(failed.map((error) => error.constructor)).toEqual(Array(2).fill(NotPublished));
    expect(failed[0]?.message).toContain('test.ticked/tick-0/1 is not confirmed');
    await Promise.all(ticks(2).map((event) => bus.publish(event)));
    await until(() => heard.size === 200);
  });

  test('is cut in the middle of confirms, again and again: what is published until it is confirmed arrives', async () => {
    const { heard } = await listener();
    const bus = await rig.open({ clock: hastyClock, publishTimeoutMs: 10_000_000 });
    let confirmed = 0;
    let cuts = 0;
    const insist = async (n: number): Promise<void> => {
      for (let done = false; !done;) {
        const outcomes = await Promise.allSettled([bus.publish(tick(n))]);
        done = rejections(outcomes).every((error) => error.message === 'the bus is closed');
      }
      confirmed += 1;
      if (confirmed % 300 === 0) {
        cuts += 1;
        rig.proxy.cut();
      }
    };
    await Promise.all(Array.from({ length: 1_500 }, (_, n) => insist(n)));
    expect(cuts).toBe(5);
    await until(() => heard.size === 1_500);
  });

  test('a consumer is back by itself, tells so, and gets what came meanwhile', async () => {
    const { bus, heard } = await listener(rig.through);
    const publisher = await rig.open({ url: rig.vhost.url });
    let reconnected = 0;
    bus.onReconnect(() => (reconnected += 1));
    await rig.proxy.mode('refuse');
    await until(async () => (await bus.health())?.includes('ECONNREFUSED') === true);
    await publisher.publish(tick(1));
    await rig.proxy.mode('pass');
    await until(() => reconnected === 1 && heard.size === 1);
    await until(async () => (await bus.health()) === null);
    expect(rig.logged.filter(({ msg, what }) => msg === 'open' && String(what).includes('for consuming'))).toHaveLength(3);
  });

  test('a handler that the cut found at work ends, and its event comes again', async () => {
    const bus = await rig.open();
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    await bus.consume('slow', [on(() => ((calls += 1) === 1 ? gate.promise : undefined))], memoryParking());
    await bus.publish(tick(1));
    await until(() => calls === 1);
    rig.proxy.cut();
    await until(() => calls === 2);
    gate.resolve();
  });

  test('an event that is still at work is not done with those that came behind it: the cut brings it again', async () => {
    const bus = await rig.open();
    const gate = Promise.withResolvers<void>();
    const calls: string[] = [];
    const handle = on((event) => {
      calls.push(event.subject);
      return calls.length === 1 ? gate.promise : undefined;
    });
    const reader = await bus.consume('reader', [handle], memoryParking());
    await bus.publish(tick(1));
    await until(() => calls.length === 1);
    await bus.publish(tick(2));
    await until(() => calls.length === 2);
    await new Promise((resolve) => setImmediate(resolve));
    // asked over the same channel: what was acknowledged on it is known to the broker
    await reader.waiting();
    rig.proxy.cut();
    await until(() => calls.length === 3);
    expect(calls).toEqual(['tick-1', 'tick-2', 'tick-1']);
    gate.resolve();
  });

  test('what is published while nobody is there waits for the broker, within its time limit', async () => {
    const { heard } = await listener();
    const bus = await rig.open();
    await rig.proxy.mode('refuse');
    await until(async () => (await bus.health()) !== null);
    const published = bus.publish(tick(1));
    await rig.proxy.mode('pass');
    await published;
    await until(() => heard.size === 1);
  });

  test('and is rejected after it, with the reason', async () => {
    const bus = await rig.open({ publishTimeoutMs: 3_000 });
    await rig.proxy.mode('refuse');
    // what publishing lacks comes first
    await until(async () => (await bus.health())?.split('; ')[0]?.includes('ECONNREFUSED') === true);
    await expect(bus.publish(tick(1))).rejects.toThrow(/^test.ticked\/tick-1\/1 is not confirmed within 3000 ms: .*ECONNREFUSED/);
  });

  test('a broker that has fallen silent is given up, and a connection that has come back is used', async () => {
    const { heard } = await listener();
    const bus = await rig.open({ publishTimeoutMs: 1_000, heartbeatS: 1 });
    await rig.proxy.mode('blackhole');
    await expect(bus.publish(tick(1))).rejects.toThrow('not confirmed within 1000 ms');
    await until(async () => (await bus.health())?.includes('Heartbeat timeout') === true);
    await rig.proxy.mode('pass');
    await until(async () => (await bus.health()) === null);
    await publishUntilConfirmed(bus, 2);
    await until(() => heard.has('tick-2'));
  });

  test('a blocked connection rejects by its time limit, says so, and goes on when it may', async () => {
    const { heard } = await listener();
    const bus = await rig.open({ publishTimeoutMs: 3_000 });
    rig.proxy.inject(methodFrame(10, 60, 'low on memory'));
    await until(async () => (await bus.health()) === 'RabbitMQ takes no messages at present: low on memory');
    await expect(bus.publish(tick(1))).rejects.toThrow('RabbitMQ takes no messages at present: low on memory');
    const published = bus.publish(tick(2));
    rig.proxy.inject(methodFrame(10, 61));
    await published;
    expect(await bus.health()).toBeNull();
    await until(() => heard.has('tick-2'));
    expect(heard.has('tick-1')).toBe(false);
  });

  test('closes at once while the broker is away, and gives back what was not sent', async () => {
    const bus = await rig.open();
    await bus.consume('listener', [on(() => undefined)], memoryParking());
    await rig.proxy.mode('refuse');
    await until(async () => (await bus.health()) !== null);
    const [outcome] = await Promise.all([Promise.allSettled([bus.publish(tick(1))]), bus.close()]);
    expect(rejections(outcome)[0]?.message).toBe('the bus is closed');
    await expect(bus.publish(tick(2))).rejects.toThrow('the bus is closed');
    await expect(bus.consume('late', [], memoryParking())).rejects.toThrow('the bus is closed');
    expect(await bus.health()).toBe('closed');
  });

  test('closing waits for confirms that are under way, but not for a broker that is silent', async () => {
    const bus = await rig.open({ clock: leisurelyClock });
    const other = await rig.open();
    await rig.proxy.mode({ delayMs: 50 });
    await Promise.all([bus.publish(tick(1)), bus.close()]);
    await rig.proxy.mode('blackhole');
    const [outcome] = await Promise.all([Promise.allSettled([other.publish(tick(2))]), other.close()]);
    expect(rejections(outcome)).toHaveLength(1);
  });
});

/** A method of the connection as the broker sends it: class, method, and perhaps a short string. */
function methodFrame(classId: number, methodId: number, text?: string): Buffer {
  const argument = text === undefined ? Buffer.alloc(0) : Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  const payload = Buffer.concat([Buffer.from([0, classId, 0, methodId]), argument]);
  const header = Buffer.from([1, 0, 0, 0, 0, 0, payload.length]);
  return Buffer.concat([header, payload, Buffer.from([0xce])]);
}
