/** How long one query, load or compaction may hold the event loop before others get their turn. */
const SLICE_MS = 4;
/** Looking at the clock costs more than looking at a row. */
const CHECK_EVERY = 128;

/** Lets others in every few milliseconds. */
export class TimeSlice {
  #until = performance.now() + SLICE_MS;
  #steps = 0;

  /** Counts one small step; true when it is time for a rest. */
  isOver(): boolean {
    this.#steps++;
    return this.#steps % CHECK_EVERY === 0 && performance.now() >= this.#until;
  }
  async rest(): Promise<void> {
    await nextTurn();
    this.#until = performance.now() + SLICE_MS;
  }
}

/** Resolves after whatever is waiting for the event loop has had its turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
