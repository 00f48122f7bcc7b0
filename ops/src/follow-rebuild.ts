import { type Clock, type InstanceStatus, type Peers, PeerUnavailable, type ServiceBehindGateway } from '@commonpurse/shared/service';

const lookEveryMs = 500;
const words = { emptying: 'what is there is removed', reading: 'is made anew from the feed', done: 'is done' } as const;

/** Says how a rebuild gets on until it is done. Whoever does it goes on by itself, so an instance that is away for a while is waited for. */
export async function followRebuild(peers: Peers, service: ServiceBehindGateway, clock: Clock, say: (line: string) => void): Promise<void> {
  for (let last = ''; ;) {
    const phase = await phaseOf(peers, service);
    if (phase !== last) say(`${service}: ${phase === 'away' ? 'does not answer; it is waited for' : words[phase]}`);
    if (phase === 'done') return;
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
    if (error instanceof PeerUnavailable) return 'away';
    throw error;
  }
}
