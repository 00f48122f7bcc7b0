import { StoreDamaged } from '../documents.ts';
import type { FoundFile } from './file-header.ts';
import { LineReader } from './line-reader.ts';
import type { Checksum } from './line.ts';
import { LineRun } from './line-run.ts';
import type { Loading } from './loading.ts';
import type { Segment } from './segment.ts';

export interface Replayed {
  /** The last batch that is whole; the one before the journal when it has none. */
  readonly batch: number;
  /** Where that batch begins (the whole file, when there is none), and where it ends, in bytes. */
  readonly lastAt: number;
  readonly size: number;
  /** Whether that batch is an empty one: those before it were synced, or it would not be there. */
  readonly isProven: boolean;
  /** Bytes behind it that one batch, never acknowledged, has left. */
  readonly torn: number;
}

/** Reads a journal. A batch counts once its closing line is there.
 *
 *  Batch n+1 is written only after batch n was synced. So whatever is wrong must lie in the last batch, and everything behind must belong
 *  to it (or, where even the cutting off was lost, to the one torn before it): then a crash tore it, nobody was told that it is there,
 *  and it can be cut off. A sound line of a later batch behind
 *  a bad place proves that something synced has been damaged since. */
export async function replayJournal(
  journal: FoundFile,
  before: number,
  loading: Loading,
  io: { segment: Segment; checksum: Checksum },
): Promise<Replayed> {
  const total = await journal.file.size();
  const reader = new LineReader(journal.file, total, io.checksum);
  await reader.next();
  let batch = before;
  let size = reader.position;
  let last = { lastAt: 0, isProven: false };
  let pending: (() => void)[] = [];
  let run = null as LineRun | null;
  for (;;) {
    const state = await reader.next();
    if (state !== 'line') {
      if (state === 'bad') await refuseLaterBatches(reader, { path: journal.path, at: reader.position, batch });
      break;
    }
    const { kind, batch: number } = reader.line;
    if (number !== batch + 1) throw outOfTurn(journal.path, reader.position, number, batch + 1);
    if (kind === 'p') {
      if (run?.add(reader) === true) continue;
      const begun = (run = new LineRun(reader));
      pending.push(() => loading.put(begun, io.segment));
      continue;
    }
    run = null;
    pending.push(loading.parse(reader));
    if (kind !== 'c') continue;
    for (const apply of pending) apply();
    last = { lastAt: size, isProven: pending.length === 1 };
    pending = [];
    batch = number;
    size = reader.position;
  }
  return { batch, ...last, size, torn: total - size };
}

const outOfTurn = (path: string, position: number, found: number, expected: number): StoreDamaged =>
  new StoreDamaged(`${path} is damaged before byte ${position}: batch ${found} follows where ${expected} should`);

async function refuseLaterBatches(reader: LineReader, { path, at, batch }: { path: string; at: number; batch: number }): Promise<void> {
  while (await reader.resync()) {
    if (reader.line.batch > batch + 1) throw new StoreDamaged(`${path} is damaged at byte ${at}: later batches follow`);
  }
}
