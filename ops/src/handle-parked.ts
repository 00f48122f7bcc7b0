import type { ParkedEvent, ParkedPage, Replayed } from '@commonpurse/shared/messaging';
import { batchesOf, type Peers, type ServiceBehindGateway } from '@commonpurse/shared/service';

/** Handlers may take their time. */
const replayed = { atOnce: 20, timeoutMs: 120_000 };
const listedAtOnce = 200;

/** Everything that is parked at a service, oldest first. */
export async function listParked(peers: Peers, service: ServiceBehindGateway): Promise<ParkedEvent[]> {
  const all: ParkedEvent[] = [];
  for (let after = ''; ;) {
    const page: ParkedPage = await peers.get(service, `/internal/ops/parked?limit=${listedAtOnce}${after}`);
    all.push(...page.items);
    if (page.next === null) return all;
    after = `&after=${page.next}`;
  }
}

export async function replayParked(peers: Peers, service: ServiceBehindGateway, ids: readonly string[]): Promise<Replayed> {
  const parts: Replayed[] = [];
  for (const some of batchesOf(ids, replayed.atOnce)) {
    parts.push(await peers.post<Replayed>(service, '/internal/ops/parked/replay', { ids: some }, replayed));
  }
  return { replayed: parts.reduce((sum, part) => sum + part.replayed, 0), failed: parts.flatMap(({ failed }) => failed) };
}

/** How many there were. */
export async function dropParked(peers: Peers, service: ServiceBehindGateway, ids: readonly string[]): Promise<number> {
  let dropped = 0;
  for (const some of batchesOf(ids, replayed.atOnce)) {
    dropped += (await peers.post<{ dropped: number }>(service, '/internal/ops/parked/drop', { ids: some })).dropped;
  }
  return dropped;
}
