import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import type { Instance } from './instance.ts';
import { type Point, points } from './moments.ts';
import { type Fault, serverOf } from './schedule.ts';

/** A point that does not come within this long (nothing of the kind is written just now) is passed over, and the harm done all the same. */
const trapMsMax = 3_000;

/** Does the harm and, where it has an end, ends it. Resolves with how many processes were killed. */
export async function inflict(cluster: Cluster, fault: Fault, random: () => number): Promise<number> {
  switch (fault.kind) {
    case 'kill':
      return killAt(instanceOf(cluster, fault.instance), fault.at, fault.again);
    case 'together':
      return killTogether(fault.instances.map((name) => instanceOf(cluster, name)));
    case 'pause': {
      const instance = instanceOf(cluster, fault.instance);
      instance.pause();
      await delay(fault.ms);
      instance.resume();
      return 0;
    }
    case 'wire': {
      const instance = instanceOf(cluster, fault.instance);
      const wire = instance.wires[serverOf(fault)]!;
      if (fault.at !== undefined) await sprung(instance, fault.at);
      await wire.mode(fault.mode);
      await delay(fault.ms);
      await wire.mode('pass');
      return 0;
    }
    case 'stray':
      await (fault.what === 'poison' ? cluster.poison() : cluster.servers.broker.replay(random));
      return 0;
    default:
      return harm(cluster, fault);
  }
}

async function harm({ servers }: Cluster, { harm: how, server, ms }: Extract<Fault, { kind: 'server' }>): Promise<number> {
  const faults = servers.faults!;
  await faults[how](server);
  await delay(ms);
  await faults[how === 'pause' ? 'resume' : 'start'](server);
  if (server === 'rabbitmq' && how !== 'pause') {
    await servers.broker.prepare();
    await servers.broker.record();
  }
  return how === 'pause' ? 0 : 1;
}

const instanceOf = ({ instances }: Cluster, name: string): Instance => instances.find((instance) => instance.name === name)!;

/** As when the machine dies that they run on. */
async function killTogether(instances: readonly Instance[]): Promise<number> {
  await Promise.all(instances.map((instance) => instance.kill()));
  for (const instance of instances) instance.start();
  return instances.length;
}

async function killAt(instance: Instance, at: Point | 'at random', again: boolean): Promise<number> {
  if (at !== 'at random') await sprung(instance, at);
  await instance.kill();
  for (const wire of Object.values(instance.wires)) await wire.mode('pass');
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
