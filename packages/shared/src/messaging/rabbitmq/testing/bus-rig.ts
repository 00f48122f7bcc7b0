import { type Logger, pino } from 'pino';
import { z } from 'zod';
import { type Clock, systemClock } from '../../../service/clock.ts';
import { openTcpProxy, type TcpProxy } from '../../../testing/tcp-proxy.ts';
import type { Bus, DomainEvent, EventType, Subscription } from '../../bus.ts';
import { eventOf } from '../../event.ts';
import { openRabbitBus, type RabbitBusOptions } from '../rabbit-bus.ts';
import { openVhost, type Vhost } from './vhost.ts';

export const Ticked: EventType<{ n: number }> = { type: 'test.ticked', source: 'test', schema: z.strictObject({ n: z.int() }) };
export const Tocked: EventType<{ n: number }> = { ...Ticked, type: 'test.tocked' };

export const tick = (n: number, type = Ticked): DomainEvent<{ n: number }> =>
  eventOf(type, { subject: `tick-${n}`, version: 1, time: '2026-01-15T12:00:00.000Z', correlationid: 'r', actor: 'u', data: { n } });
export const ticks = (count: number): DomainEvent[] => Array.from({ length: count }, (_, n) => tick(n));

export const on = (handle: (event: DomainEvent) => unknown, event = Ticked): Subscription => ({
  event,
  from: 'now',
  handle: async (arrived) => void (await handle(arrived)),
});

/** Time that passes a hundred times as fast: pauses between two tries are over at once. */
export const hastyClock: Clock = { now: () => Date.now() * 100, delay: (ms, signal) => systemClock.delay(ms / 100, signal) };
/** Time that passes a tenth as fast: what ends by the clock ends late. */
export const leisurelyClock: Clock = { now: () => Date.now() / 10, delay: (ms, signal) => systemClock.delay(ms * 10, signal) };

export interface BusRig {
  readonly vhost: Vhost;
  /** Stands before the broker, for whoever takes `through`. */
  readonly proxy: TcpProxy;
  readonly through: string;
  /** What was logged from `info` on. */
  readonly logged: { readonly level: number; readonly msg: string; readonly [more: string]: unknown }[];
  /** Opens a bus that is closed with the rig. */
  open(options?: Partial<RabbitBusOptions>): Promise<Bus>;
  close(): Promise<void>;
}

/** A virtual host of one's own, and a proxy before it. */
export async function openBusRig(purpose: string): Promise<BusRig> {
  const vhost = await openVhost(purpose);
  const proxy = await openTcpProxy(vhost.url);
  const through = proxy.through(vhost.url);
  const logged: BusRig['logged'] = [];
  const log: Logger = pino({ level: 'info' }, { write: (line) => void logged.push(JSON.parse(line) as BusRig['logged'][number]) });
  const buses: Bus[] = [];
  return {
    vhost,
    proxy,
    through,
    logged,
    async open(options = {}) {
      const bus = await openRabbitBus({ url: through, clock: systemClock, log, ...options });
      buses.push(bus);
      return bus;
    },
    async close() {
      await proxy.mode('pass');
      await Promise.all(buses.map((bus) => bus.close()));
      await proxy.close();
      await vhost.drop();
    },
  };
}

/** Turns of the event loop, not time: a real broker takes its own. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
