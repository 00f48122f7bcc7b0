import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import type { Instance } from './instance.ts';
import { type Point, points } from './moments.ts';
import type { Fault } from './schedule.ts';

/** A point that does not come within this long (nothing of the kind is written just now) is passed over, and the process killed all the same. */
const trapMsMax = 3_000;

/** Does the harm and, where it has an end, ends it. Resolves with how many processes were killed. */
export async function inflict(cluster: Cluster, fault: Fault): Promise<number> {
  switch (fault.kind) {
    case 'kill':
      return killAt(instanceOf(cluster, fault.instance), fault.at, fault.again);
    case 'pause': {
      const instance = instanceOf(cluster, fault.instance);
      instance.pause();
      await delay(fault.ms);
      instance.resume();
      return 0;
    }
    case 'wire': {
      const wire = instanceOf(cluster, fault.instance).wires[fault.server]!;
      wire.set(fault.state);
      await delay(fault.ms);
      wire.set('sound');
      return 0;
    }
    case 'server': {
      const faults = cluster.servers.faults!;
      await faults[fault.harm](fault.server);
      await delay(fault.ms);
      await faults[fault.harm === 'pause' ? 'resume' : 'start'](fault.server);
      if (fault.harm === 'reset' && fault.server === 'rabbitmq') await cluster.servers.prepare();
      return fault.harm === 'pause' ? 0 : 1;
    }
  }
}

const instanceOf = ({ instances }: Cluster, name: string): Instance => instances.find((instance) => instance.name === name)!;

async function killAt(instance: Instance, at: Point | 'at random', again: boolean): Promise<number> {
  if (at !== 'at random') await sprung(instance, at);
  await instance.kill();
  for (const wire of Object.values(instance.wires)) wire.set('sound');
  instance.start();
  if (!again) return 1;
  await delay(900);
  await instance.kill();
  instance.start();
  return 2;
}

async function sprung(instance: Instance, at: Point): Promise<void> {
  const { server, moment } = points[at];
  const wire = instance.wires[server]!;
  const giveUp = new AbortController();
  await Promise.race([wire.trap(moment()), delay(trapMsMax, undefined, { signal: giveUp.signal }).catch(() => undefined)]);
  giveUp.abort();
  wire.disarm();
}
