/** Lets one run at a time through per key, and holds one more for all who come meanwhile: each caller's promise settles with a run that
 *  began after the call. Runs of one key must be alike, since a caller may be served by another's. Nothing is shared between processes:
 *  it saves work, it doesn't guard anything. */
export type Turnstile = (key: string, run: () => Promise<void>) => Promise<void>;

export function createTurnstile(): Turnstile {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();
  const begin = (key: string, run: () => Promise<void>): Promise<void> => {
    const done: Promise<void> = run().finally(() => {
      if (running.get(key) === done) running.delete(key);
    });
    running.set(key, done);
    return done;
  };
  return (key, run) => {
    const joined = waiting.get(key);
    if (joined !== undefined) return joined;
    const before = running.get(key);
    if (before === undefined) return begin(key, run);
    const go = (): Promise<void> => {
      waiting.delete(key);
      return begin(key, run);
    };
    const next = before.then(go, go);
    waiting.set(key, next);
    return next;
  };
}
