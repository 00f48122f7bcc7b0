/** So many commands of one collection are under way at once. What comes meanwhile travels together in the next one: who inserts now and then
 *  waits for nobody, and a server with much to do gets fewer, larger commands, of which each document costs it a third. */
const underWayMax = 2;
const togetherMax = 64;

interface Waiting<T> {
  readonly doc: T;
  resolve(): void;
  reject(reason: unknown): void;
}

/** Inserts one document, perhaps together with others. Settles by what has become of this one.
 *  @param insertAll what has become of each, in their order; rejects when that can't be said of any */
export function createInsertLine<T>(insertAll: (docs: readonly T[]) => Promise<readonly PromiseSettledResult<unknown>[]>) {
  const waiting: Waiting<T>[] = [];
  let underWay = 0;

  const send = async (together: readonly Waiting<T>[]): Promise<void> => {
    underWay += 1;
    try {
      const outcomes = await insertAll(together.map(({ doc }) => doc));
      for (const [at, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') together[at]!.resolve();
        else together[at]!.reject(outcome.reason);
      }
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
    underWay -= 1;
    if (waiting.length > 0) void send(waiting.splice(0, togetherMax));
  };
  return (doc: T): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ doc, resolve, reject });
      if (underWay < underWayMax) void send(waiting.splice(0, togetherMax));
    });
}
