import type { Clock } from '@commonpurse/shared/service';

/** Lets what many deliveries bring for one owner be done for all of them together: one run at a time, and what comes meanwhile, or in the same
 *  turn, is done as one by the next. Each caller's promise settles with a run that began after the call and had its item. */
type Gather<T> = (ownerId: string, item: T) => Promise<void>;

/** Rests after each run as long as it took, so that more comes together for the next. */
export interface Rests {
  readonly clock: Clock;
  readonly restMsMax: number;
  /** With so many waiting the rest is over. */
  readonly itemsMax: number;
}

interface Waiting<T> {
  readonly item: T;
  resolve(): void;
  reject(error: unknown): void;
}
interface Queue<T> {
  readonly waiting: Waiting<T>[];
  /** Called when another has come. */
  grown(): void;
}

export function gatherByOwner<T>(run: (items: readonly T[]) => Promise<void>, rests?: Rests): Gather<T> {
  const queues = new Map<string, Queue<T>>();
  const drain = async (ownerId: string, queue: Queue<T>): Promise<void> => {
    // behind all that this turn still does, and ahead of what waits for the next one
    await new Promise<void>((resolve) => process.nextTick(resolve));
    while (queue.waiting.length > 0) {
      const beganAt = rests?.clock.now();
      await together(run, queue.waiting.splice(0));
      if (beganAt !== undefined) await rest(rests!, queue, beganAt);
    }
    queues.delete(ownerId);
  };
  return (ownerId, item) =>
    new Promise((resolve, reject) => {
      const known = queues.get(ownerId);
      const queue = known ?? { waiting: [], grown: () => {} };
      queue.waiting.push({ item, resolve, reject });
      queue.grown();
      if (known !== undefined) return;
      queues.set(ownerId, queue);
      void drain(ownerId, queue);
    });
}

async function rest({ clock, restMsMax, itemsMax }: Rests, queue: Queue<unknown>, beganAt: number): Promise<void> {
  const over = new AbortController();
  queue.grown = () => queue.waiting.length >= itemsMax && over.abort();
  queue.grown();
  await clock.delay(Math.min(clock.now() - beganAt, restMsMax), over.signal);
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
