import {
  type Clock,
  type InstanceStatus,
  PeerDistrusts,
  type Peers,
  PeerUnavailable,
  type ServiceBehindGateway,
} from '@commonpurse/shared/service';

const lookEveryMs = 500;
/** How long nothing may run at all before it is taken for stopped rather than being started again. */
const goneMsMax = 60_000;
const words = { emptying: 'what is there is removed', reading: 'is made anew from the feed', done: 'is done' } as const;

interface Following {
  /** Where the system is now; null: nothing of it runs. One that is started again listens elsewhere. */
  readonly find: () => Promise<Peers | null>;
  readonly service: ServiceBehindGateway;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** Says how a rebuild gets on until it is done. Whoever does it goes on by itself, so an instance that is away for a while is waited for, and a
 *  system that is started again is found again. Rejects where nobody starts it. */
export async function followRebuild({ find, service, clock, say }: Following): Promise<void> {
  let goneMs = 0;
  for (let last = ''; ;) {
    const peers = await find();
    const phase = peers === null ? 'away' : await phaseOf(peers, service);
    if (phase !== last) say(`${service}: ${phase === 'away' ? 'does not answer; it is waited for' : words[phase]}`);
    if (phase === 'done') return;
    goneMs = peers === null ? goneMs + lookEveryMs : 0;
    if (goneMs > goneMsMax)
      throw new Error('nothing runs there any more; the rebuild goes on with the next start, and status tells how far it is');
    last = phase;
    await clock.delay(lookEveryMs);
  }
}

async function phaseOf(peers: Peers, service: ServiceBehindGateway): Promise<keyof typeof words | 'away'> {
  try {
    const { rebuild } = await peers.get<InstanceStatus>(service, '/internal/ops/status');
    // its store can't say
    return rebuild?.phase ?? 'away';
  } catch (error) {
    if (error instanceof PeerUnavailable && !(error instanceof PeerDistrusts)) return 'away';
    throw error;
  }
}
