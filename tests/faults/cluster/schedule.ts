import { type Point, points } from './moments.ts';
import type { ServerName } from './servers.ts';
import type { ProxyMode } from '@commonpurse/shared/testing';

/** One wire of an instance is broken: the one to a server, at once, or the one on which a point shows, with what makes the point lost on it. */
type WireFault = {
  readonly kind: 'wire';
  readonly instance: string;
  readonly mode: ProxyMode;
  readonly ms: number;
} & ({ readonly server: ServerName; readonly at?: never } | { readonly at: Point; readonly server?: never });
export type Fault =
  | { readonly kind: 'kill'; readonly instance: string; readonly at: Point | 'at random'; readonly again: boolean }
  | { readonly kind: 'together'; readonly instances: readonly string[] }
  | { readonly kind: 'pause'; readonly instance: string; readonly ms: number }
  | WireFault
  | { readonly kind: 'stray'; readonly what: 'replay' | 'poison' }
  | { readonly kind: 'server'; readonly server: ServerName; readonly harm: 'kill' | 'pause' | 'reset'; readonly ms: number };

/** What happens next, and after how many more acknowledged writes. */
export interface Step {
  readonly after: number;
  readonly fault: Fault;
}
interface ScheduleOptions {
  readonly instances: readonly string[];
  readonly random: () => number;
  /** Whether servers may be harmed. */
  readonly servers: boolean;
}

const pointsOf: Readonly<Record<string, readonly Point[]>> = {
  auth: [],
  gateway: [],
  records: ['before commit', 'commit to reply', 'publish to confirm', 'confirm to mark'],
  budgets: ['before commit', 'commit to reply', 'publish to confirm', 'effect to ack'],
  notifications: ['before commit', 'commit to reply', 'effect to ack'],
};

/** The next fault, drawn from a seeded generator: the same seed gives the same schedule. */
export function nextStep({ instances, random, servers }: ScheduleOptions): Step {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const after = 5 + Math.floor(random() * 40);
  const instance = pick(instances);
  const dice = random();
  if (dice < 0.12) return { after, fault: { kind: 'together', instances: instances.filter(() => random() < 0.5) } };
  if (dice < 0.65) {
    const at =
      random() < 0.4 ? ('at random' as const) : pick<Point | 'at random'>([...pointsOf[instance.replace(/-\d+$/, '')]!, 'at random']);
    return { after, fault: { kind: 'kill', instance, at, again: random() < 0.2 } };
  }
  if (dice < 0.7) return { after, fault: { kind: 'stray', what: random() < 0.3 ? 'poison' : 'replay' } };
  if (dice < 0.78) return { after, fault: { kind: 'pause', instance, ms: 2_000 + Math.floor(random() * 8_000) } };
  const ms = 200 + Math.floor(random() * 2_000);
  if (dice < 0.93 || !servers) {
    const server = pick<ServerName>(['mongodb', 'rabbitmq', 'redis']);
    const mode = pick<ProxyMode>(['refuse', 'reset', 'blackhole', { delayMs: 50 + Math.floor(random() * 250) }]);
    const withWires = instance.startsWith('gateway') ? 'records-1' : instance;
    return { after, fault: { kind: 'wire', instance: withWires, server, mode, ms } };
  }
  const [server, harm] = pick<readonly [ServerName, 'kill' | 'pause' | 'reset']>([
    ['mongodb', 'kill'],
    ['mongodb', 'pause'],
    ['rabbitmq', 'kill'],
    ['rabbitmq', 'pause'],
    ['rabbitmq', 'reset'],
    ['redis', 'kill'],
    ['redis', 'pause'],
    ['redis', 'reset'],
  ]);
  return { after, fault: { kind: 'server', server, harm, ms: harm === 'pause' ? 10_000 : 500 } };
}

/** The fault that this names: `kill budgets-1`, `hold records-1`, `kill mongodb`, `pause redis`, `reset rabbitmq`. null: none. */
export function faultNamed(text: string): Fault | null {
  const [harm = '', whom = ''] = text.split(' ');
  const server = (['mongodb', 'rabbitmq', 'redis'] as const).find((name) => name === whom);
  if (server !== undefined && ['kill', 'pause', 'reset'].includes(harm))
    return { kind: 'server', server, harm: harm as 'kill' | 'pause' | 'reset', ms: harm === 'pause' ? 10_000 : 500 };
  if (server !== undefined || !/^[a-z]+-\d+$/.test(whom)) return null;
  if (harm === 'hold') return { kind: 'pause', instance: whom, ms: 10_000 };
  return harm === 'kill' ? { kind: 'kill', instance: whom, at: 'at random', again: false } : null;
}

/** Whose wire is broken. */
export const serverOf = (fault: WireFault): ServerName => (fault.at === undefined ? fault.server : points[fault.at].server);

export const describeFault = (fault: Fault): string => {
  switch (fault.kind) {
    case 'kill':
      return `kill ${fault.instance} ${fault.at}${fault.again ? ', and again while it recovers' : ''}`;
    case 'together':
      return `kill ${fault.instances.join(', ') || 'none'} at once`;
    case 'pause':
      return `hold ${fault.instance} for ${fault.ms} ms`;
    case 'wire':
      return `${typeof fault.mode === 'string' ? fault.mode : `delay by ${fault.mode.delayMs} ms`} ${fault.instance} - ${serverOf(fault)} for ${fault.ms} ms${fault.at ? `, ${fault.at}` : ''}`;
    case 'stray':
      return fault.what === 'poison' ? 'publish poison' : 'publish old events again';
    default:
      return `${fault.harm} ${fault.server}${fault.harm === 'pause' ? ` for ${fault.ms} ms` : ''}`;
  }
};
