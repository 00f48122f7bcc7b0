import type { Documents, Draft } from '../../documents/documents.ts';
import type { Clock } from '../../service/clock.ts';
import type { HistoryLine } from '../outbox.ts';

export interface RecorderOptions {
  readonly history: Pick<Documents<HistoryLine>, 'insertMany'>;
  readonly clock: Clock;
  /** So long a line may wait for others to be written with. 0: not at all. */
  readonly withinMs: number;
  /** What waits then is written at once. */
  readonly closed: AbortSignal;
}

/** Puts lines on record, many by one write. */
export interface Recorder {
  /** Resolves when these lines are stored, or were there before. Rejects when their write has failed.
   *  @param atOnce somebody waits for it: so nobody waits for others */
  record(lines: readonly Draft<HistoryLine>[], atOnce: boolean): Promise<void>;
  /** Waits, or writes. */
  readonly busy: boolean;
  readonly withinMs: number;
}

/** With so many there is nothing to gain by waiting for more. */
const togetherMax = 200;

export function createRecorder({ history, clock, withinMs, closed }: RecorderOptions): Recorder {
  let lines: Draft<HistoryLine>[] = [];
  let written: Promise<void> | null = null;
  let hurry = new AbortController();
  let writing = 0;

  const write = async (): Promise<void> => {
    writing += 1;
    try {
      await clock.delay(withinMs, AbortSignal.any([closed, hurry.signal]));
      const together = lines;
      [lines, written, hurry] = [[], null, new AbortController()];
      await history.insertMany(together);
    } finally {
      writing -= 1;
    }
  };
  const insert = async (alone: readonly Draft<HistoryLine>[]): Promise<void> => {
    writing += 1;
    await history.insertMany(alone).finally(() => (writing -= 1));
  };
  return {
    withinMs,
    record(more, atOnce) {
      if (more.length === 0) return Promise.resolve();
      if (withinMs === 0) return insert(more);
      lines.push(...more);
      written ??= write();
      const recorded = written;
      if (atOnce || lines.length >= togetherMax) hurry.abort();
      return recorded;
    },
    get busy() {
      return writing > 0;
    },
  };
}
