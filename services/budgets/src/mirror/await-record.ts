import type { Viewer } from '@commonpurse/shared/access';
import type { Documents } from '@commonpurse/shared/documents';
import { invalid, unavailable } from '@commonpurse/shared/http';
import type { Clock } from '@commonpurse/shared/service';
import type { Arrivals } from './arrivals.ts';
import type { DayKey } from './day-key.ts';
import { keysOfMirrored, type MirroredRecord } from './mirrored-record.ts';

/** A version of a record that its writer was told of, and who asks for it. */
interface WrittenRecord {
  readonly id: string;
  readonly version: number;
  readonly ownerId: string;
  readonly viewer: Viewer;
}

export interface AwaitDeps {
  readonly mirror: Documents<MirroredRecord>;
  readonly arrivals: Arrivals;
  /** Resolves once each of these totals has agreed with the mirror at some moment after the call. */
  readonly recompute: (keys: readonly DayKey[]) => Promise<void>;
  /** How far records says that it has come; null for one that is absent, another owner's, or nothing the viewer may see. */
  readonly versionOf: (written: WrittenRecord) => Promise<number | null>;
  readonly clock: Clock;
}

const waitMsMax = 2_000;
/** Another instance may have taken the event: nobody announces that here. */
const recheckMs = 100;

/** Resolves once the totals hold this record of this owner at that version or a later one: its writer reads what it wrote.
 *  Doesn't trust another handler to be done with the totals: computes them itself. What was never written, or is nothing the viewer may
 *  see, will not come: 400, one like the other. What was written and does not come within 2 s: 503 with `Retry-After`. */
export async function awaitRecord(deps: AwaitDeps, written: WrittenRecord): Promise<void> {
  await deps.recompute(keysOfMirrored(await arrived(deps, written)));
}

async function arrived(deps: AwaitDeps, written: WrittenRecord): Promise<MirroredRecord> {
  const { mirror, arrivals, clock } = deps;
  const deadline = clock.now() + waitMsMax;
  // whether somebody else's record is here already is for those who may see it to know
  let confirmed = written.viewer.userId !== written.ownerId && (await confirm(deps, written));
  for (;;) {
    const wake = new AbortController();
    // Listens before it looks: what arrives in between is not missed.
    const stop = arrivals.listen(written.id, () => wake.abort());
    try {
      const kept = await mirror.get(written.id);
      if (kept !== null && kept.ownerId === written.ownerId && kept.version >= written.version) return kept;
      const leftMs = deadline - clock.now();
      if (leftMs <= 0) throw unavailable('That version of the record has not arrived here yet');
      await clock.delay(Math.min(recheckMs, leftMs), wake.signal);
      // most have arrived by now, so most never ask
      confirmed ||= !wake.signal.aborted && (await confirm(deps, written));
    } finally {
      stop();
    }
  }
}

/** True where records has it. */
async function confirm({ versionOf }: AwaitDeps, written: WrittenRecord): Promise<true> {
  const version = await versionOf(written);
  if (version !== null && version >= written.version) return true;
  throw invalid('/after', 'record-unknown', 'There is no such version of a record that this budget could count');
}
