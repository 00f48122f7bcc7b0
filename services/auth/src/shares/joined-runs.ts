/** Does the same for many at once: one run after the other for each key, and whoever asks while one is under way is answered by the next, together
 *  with all others who do. So each is answered by a run that began after they asked. */
export type JoinedRuns = (key: string, run: () => Promise<void>) => Promise<void>;

interface Run {
  begun: boolean;
  readonly done: Promise<void>;
}

export function createJoinedRuns(): JoinedRuns {
  /** The last one of each key. */
  const runs = new Map<string, Run>();
  return (key, run) => {
    const before = runs.get(key);
    if (before?.begun === false) return before.done;
    const next: Run = { begun: false, done: follow() };
    runs.set(key, next);
    return next.done;

    async function follow(): Promise<void> {
      // also where there is none: behind all who ask in the same turn
      await before?.done.catch(() => undefined);
      next.begun = true;
      try {
        await run();
      } finally {
        if (runs.get(key) === next) runs.delete(key);
      }
    }
  };
}
