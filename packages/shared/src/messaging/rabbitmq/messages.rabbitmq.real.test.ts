import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Bus } from '../bus.ts';
import { memoryParking } from '../messaging.contract.ts';
import { growingDelays } from '../retry-policy.ts';
import { type BusRig, on, openBusRig, tick, ticks, Ticked, Tocked, until } from './testing/bus-rig.ts';

const queue = 'commonpurse.reader';

describe('messages on RabbitMQ', () => {
  let rig: BusRig;
  let bus: Bus;
  beforeEach(async () => {
    rig = await openBusRig('messages');
    bus = await rig.open();
  });
  afterEach(() => rig.close());

  test('what is no event is parked as it came, and leaves the queue', async () => {
    const parking = memoryParking();
    const heard: unknown[] = [];
    const reader = await bus.consume('reader', [on((event) => heard.push(event))], parking);
    await rig.vhost.send(Ticked.type, 'not { JSON');
    await rig.vhost.send(Ticked.type, JSON.stringify([1, tick(0)]));
    await rig.vhost.send(Ticked.type, Buffer.from([0xff, 0xfe, 0x00]));
    await rig.vhost.send(Ticked.type, JSON.stringify({ ...tick(1), type: 'test.unheard-of' }));
    await rig.vhost.send(Ticked.type, JSON.stringify({ ...tick(2), data: { n: 'two' } }));
    await rig.vhost.send(queue, JSON.stringify({ ...tick(3), type: 'test.unheard-of' }), '');
    await until(() => parking.parked.length === 6);
    const reasons = parking.parked.map(({ event, reason }) => [reason, (event as { text?: string }).text ?? 'as it is']);
    // several may have come at once, and are parked as they get there
    const expected = [
      ['InvalidEvent: the message is not JSON', 'not { JSON'],
      ['InvalidEvent: the message is JSON, but no event', '1'],
      ['InvalidEvent: the message is not JSON', '\ufffd\ufffd\u0000'],
      ['InvalidEvent: nobody here wants test.unheard-of, and yet it came as test.ticked', expect.stringContaining('unheard-of')],
      [expect.stringContaining('InvalidEvent: test.ticked/tick-2/1: n:'), 'as it is'],
      [`InvalidEvent: nobody here wants test.unheard-of, and yet it came as ${queue}`, expect.stringContaining('unheard-of')],
    ];
    expect(reasons).toEqual(expect.arrayContaining(expected));
    await bus.publish(tick(4));
    await until(() => heard.length === 2);
    await reader.close();
    expect(await rig.vhost.waiting(queue)).toBe(0);
  });

  test('many events at once travel together, and one that fails is the only one that is tried again', async () => {
    const impatient = await rig.open({ retries: growingDelays({ tries: 3, firstMs: 1, factor: 1, maxMs: 1 }) });
    const calls = new Map<string, number>();
    const parking = memoryParking();
    const handle = on((event) => {
      calls.set(event.subject, (calls.get(event.subject) ?? 0) + 1);
      if (event.subject === 'tick-777') throw new Error('not now');
    });
    const reader = await impatient.consume('reader', [handle], parking);
    await Promise.all(ticks(1_000).map((event) => bus.publish(event)));
    await until(() => calls.size === 1_000 && parking.parked.length === 1);
    expect([...calls.values()].reduce((sum, count) => sum + count)).toBe(1_002);
    await reader.close();
    expect(await rig.vhost.waiting(queue)).toBe(0);
    await Promise.all(ticks(1_000).map((event) => bus.publish(event)));
    expect(await rig.vhost.waiting(queue)).toBeLessThan(200);
  });

  test('an event of a type that is not wanted any more leaves the queue unread', async () => {
    const both = await bus.consume('reader', [on(() => undefined), on(() => undefined, Tocked)], memoryParking());
    await both.close();
    await bus.publish(tick(1, Tocked));
    await bus.publish(tick(1));
    expect(await rig.vhost.waiting(queue)).toBe(2);
    const parking = memoryParking();
    let heard = 0;
    const one = await bus.consume('reader', [on(() => (heard += 1))], parking);
    await until(() => heard === 1);
    await one.close();
    expect(await rig.vhost.waiting(queue)).toBe(0);
    expect(parking.parked).toEqual([]);
  });

  test('an event waits in the queue while its consumer is away, whoever else is there', async () => {
    const reader = await bus.consume('reader', [on(() => undefined)], memoryParking());
    await reader.close();
    let heard = 0;
    await bus.consume('other', [on(() => (heard += 1))], memoryParking());
    await Promise.all(ticks(10).map((event) => bus.publish(event)));
    await until(() => heard === 10);
    const found = new Set<string>();
    await bus.consume('reader', [on((event) => found.add(event.id))], memoryParking());
    await until(() => found.size === 10);
  });

  test('queue and exchange outlive the broker, the queue two weeks without its consumer, and nothing in it is given back too often', async () => {
    await bus.consume('reader', [on(() => undefined)], memoryParking());
    const limits = { 'x-queue-type': 'quorum', 'x-delivery-limit': -1, 'x-expires': 14 * 24 * 3_600_000 };
    expect(await rig.vhost.declared('queues', queue)).toMatchObject({ durable: true, arguments: limits });
    expect(await rig.vhost.declared('exchanges', 'commonpurse.events')).toMatchObject({ durable: true, type: 'topic' });
  });

  test('an event that is given back more often than a queue usually allows is still there', async () => {
    const never = growingDelays({ tries: Infinity, firstMs: 3_600_000, factor: 1, maxMs: 3_600_000 });
    const patient = await rig.open({ retries: never });
    let calls = 0;
    const failing = on(() => {
      calls += 1;
      throw new Error('not now');
    });
    const first = await patient.consume('reader', [failing], memoryParking());
    await patient.publish(tick(1));
    await until(() => calls === 1);
    await first.close();
    for (let time = 2; time <= 30; time += 1) {
      const again = await patient.consume('reader', [failing], memoryParking());
      await until(() => calls === time);
      await again.close();
    }
    await until(async () => (await rig.vhost.waiting(queue)) === 1);
  });

  test('many events that wait for their next try hold up none', async () => {
    const patient = await rig.open({ retries: growingDelays({ tries: 2, firstMs: 3_600_000, factor: 1, maxMs: 3_600_000 }), prefetch: 2 });
    const heard = new Set<string>();
    const handle = on((event) => {
      if ((event.data as { n: number }).n < 300) throw new Error('not now');
      heard.add(event.id);
    });
    await patient.consume('reader', [handle], memoryParking());
    await Promise.all(ticks(600).map((event) => patient.publish(event)));
    await until(() => heard.size === 300);
  });

  test('a queue that refuses an event makes the publish reject', async () => {
    const full = { 'x-queue-type': 'classic', 'x-max-length': 1, 'x-overflow': 'reject-publish' };
    await rig.vhost.declareQueue('full', full, 'test.#');
    await bus.publish(tick(1));
    await expect(bus.publish(tick(2))).rejects.toThrow('test.ticked/tick-2/1 is not confirmed: message nacked');
  });

  test('an event that nobody has a queue for is said once for each type, and is published', async () => {
    await Promise.all(ticks(20).map((event) => bus.publish(event)));
    await bus.publish(tick(1, Tocked));
    const told = rig.logged.filter(({ msg }) => msg.startsWith('no queue takes'));
    expect(told.map(({ type }) => type)).toEqual([Ticked.type, Tocked.type]);
  });

  test('a consumer that was closed, or came back, leaves nothing behind but its queue', async () => {
    let reconnected = 0;
    bus.onReconnect(() => (reconnected += 1));
    const reader = await bus.consume('reader', [on(() => undefined)], memoryParking());
    for (let times = 1; times <= 3; times += 1) {
      await rig.vhost.deleteQueue(queue);
      await until(() => reconnected === times);
    }
    await until(async () => (await rig.vhost.queues()).length === 2);
    await reader.close();
    await until(async () => (await rig.vhost.queues()).length === 1);
    expect(await rig.vhost.queues()).toEqual([queue]);
  });

  test('several consumers of one bus come back each by itself', async () => {
    const heard: string[] = [];
    for (const name of ['reader', 'other']) await bus.consume(name, [on(() => heard.push(name))], memoryParking());
    let reconnected = 0;
    bus.onReconnect(() => (reconnected += 1));
    await rig.vhost.deleteQueue(queue);
    await until(() => reconnected === 1);
    expect(rig.logged.map(({ what, why }) => [what, why]).at(-1)).toEqual(['the consumer reader', `the queue ${queue} was deleted`]);
    await bus.publish(tick(1));
    await until(() => heard.length === 2);
    expect(heard.toSorted()).toEqual(['other', 'reader']);
  });
});
