import type { Documents } from '@commonpurse/shared/documents';
import { Refusal } from '@commonpurse/shared/http';
import type { Clock } from '@commonpurse/shared/service';
import type { Arrivals } from './arrivals.ts';
import { keysOfMirrored, type MirroredRecord } from './mirrored-record.ts';
import type { RecomputeTotals } from './recompute-totals.ts';

/** A version of a record that its writer was told of. */
export interface WrittenRecord {
  readonly id: string;
  readonly version: number;
}

export interface AwaitDeps {
  readonly mirror: Documents<MirroredRecord>;
  readonly arrivals: Arrivals;
  readonly recompute: RecomputeTotals;
  readonly clock: Clock;
}

const waitMsMax = 2_000;
/** Another instance may have taken the event: nobody announces that here. */
const recheckMs = 100;

/** Resolves once the totals hold this record of this owner at that version or a later one: its writer reads what it wrote.
 *  Doesn't trust another handler to be done with the totals: computes them itself. After 2 s: 503 with `Retry-After`. */
export async function awaitRecord(deps: AwaitDeps, ownerId: string, written: WrittenRecord): Promise<void> {
  await deps.recompute(keysOfMirrored(await arrived(deps, ownerId, written)));
}

async function arrived({ mirror, arrivals, clock }: AwaitDeps, ownerId: string, { id, version }: WrittenRecord): Promise<MirroredRecord> {
  const deadline = clock.now() + waitMsMax;
  for (;;) {
    const wake = new AbortController();
    // Listens before it looks: what arrives in between is not missed.
    const stop = arrivals.listen(id, () => wake.abort());
    try {
      const kept = await mirror.get(id);
      if (kept !== null && kept.ownerId === ownerId && kept.version >= version) return kept;
      const leftMs = deadline - clock.now();
      if (leftMs <= 0) throw notYet();
      await clock.delay(Math.min(recheckMs, leftMs), wake.signal);
    } finally {
      stop();
    }
  }
}

const notYet = (): Refusal =>
  new Refusal('service-unavailable', 'That version of the record has not arrived here yet', { headers: { 'Retry-After': '1' } });
