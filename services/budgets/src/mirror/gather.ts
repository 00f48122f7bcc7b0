/** Lets what many deliveries bring for one owner be done for all of them together: one run at a time, and what comes meanwhile, or in the same
 *  turn, is done as one by the next. Each caller's promise settles with a run that began after the call and had its item. */
export type Gather<T> = (ownerId: string, item: T) => Promise<void>;

interface Waiting<T> {
  readonly item: T;
  resolve(): void;
  reject(error: unknown): void;
}

export function gatherByOwner<T>(run: (items: readonly T[]) => Promise<void>): Gather<T> {
  const queues = new Map<string, Waiting<T>[]>();
  const drain = async (ownerId: string, queue: Waiting<T>[]): Promise<void> => {
    // behind all that this turn still does, and ahead of what waits for the next one
    await new Promise<void>((resolve) => process.nextTick(resolve));
    while (queue.length > 0) await together(run, queue.splice(0));
    queues.delete(ownerId);
  };
  return (ownerId, item) =>
    new Promise((resolve, reject) => {
      const queue = queues.get(ownerId) ?? [];
      queue.push({ item, resolve, reject });
      if (queues.has(ownerId)) return;
      queues.set(ownerId, queue);
      void drain(ownerId, queue);
    });
}

/** What fails together is tried one by one: an item that can't be done must not keep back those that came with it. */
async function together<T>(run: (items: readonly T[]) => Promise<void>, items: readonly Waiting<T>[]): Promise<void> {
  try {
    await run(items.map(({ item }) => item));
    for (const { resolve } of items) resolve();
  } catch (error) {
    if (items.length === 1) return items[0]!.reject(error);
    await Promise.all(items.map((item) => together(run, [item])));
  }
}
