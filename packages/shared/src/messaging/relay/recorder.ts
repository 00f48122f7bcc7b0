import type { Documents, Draft } from '../../documents/documents.ts';
import type { Clock } from '../../service/clock.ts';
import type { HistoryLine } from '../outbox.ts';

interface RecorderOptions {
  readonly history: Pick<Documents<HistoryLine>, 'insertMany'>;
  readonly clock: Clock;
  /** So long a line may wait for others to be written with. 0: not at all. */
  readonly withinMs: number;
  /** What waits then is written at once. */
  readonly closed: AbortSignal;
  /** Called when it is not busy any more. */
  readonly rested: () => void;
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

export function createRecorder({ history, clock, withinMs, closed, rested }: RecorderOptions): Recorder {
  let lines: Draft<HistoryLine>[] = [];
  let written: Promise<void> | null = null;
  let hurry = new AbortController();
  let writing = 0;

  const busyWith = async (write: () => Promise<unknown>): Promise<void> => {
    writing += 1;
    try {
      await write();
    } finally {
      writing -= 1;
      if (writing === 0) rested();
    }
  };
  const writeTogether = async (): Promise<void> => {
    await clock.delay(withinMs, AbortSignal.any([closed, hurry.signal]));
    const together = lines;
    [lines, written, hurry] = [[], null, new AbortController()];
    await history.insertMany(together);
  };
  return {
    withinMs,
    record(more, atOnce) {
      if (more.length === 0) return Promise.resolve();
      if (withinMs === 0) return busyWith(() => history.insertMany(more));
      lines.push(...more);
      written ??= busyWith(writeTogether);
      const recorded = written;
      if (atOnce || lines.length >= togetherMax) hurry.abort();
      return recorded;
    },
    get busy() {
      return writing > 0;
    },
  };
}
