/** How long one query, load or compaction may hold the event loop before others get their turn. */
const SLICE_MS = 4;
/** Looking at the clock costs more than looking at most rows, but some rows are long to look at: so many at most in between, and only as
 *  long as they take no more than the smallest part of a slice. */
const CHECK_EVERY_MAX = 128;
const CHECK_EVERY_MS = SLICE_MS / 8;

/** What waits to go on. */
const resting: (() => void)[] = [];

/** Lets others in every few milliseconds. */
export class TimeSlice {
  #checkedAt = performance.now();
  // Many may begin in one turn, too: while others wait to go on, only what is short is done at once.
  #until = this.#checkedAt + (resting.length > 0 ? CHECK_EVERY_MS : SLICE_MS);
  #checkEvery = 1;
  #stepsLeft = 1;

  /** Counts one small step; true when it is time for a rest. */
  isOver(): boolean {
    if (--this.#stepsLeft > 0) return false;
    const now = performance.now();
    const isQuick = now - this.#checkedAt < CHECK_EVERY_MS;
    this.#checkEvery = isQuick ? Math.min(this.#checkEvery * 2, CHECK_EVERY_MAX) : Math.ceil(this.#checkEvery / 4);
    this.#checkedAt = now;
    this.#stepsLeft = this.#checkEvery;
    return now >= this.#until;
  }
  async rest(): Promise<void> {
    await turnOfWork();
    this.#checkedAt = performance.now();
    this.#until = this.#checkedAt + SLICE_MS;
  }
}

/** Resolves after whatever is waiting for the event loop has had its turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** As `nextTurn`, but of all that rest one goes on in each turn: the slices of many in one turn would keep everybody waiting as long as one that
 *  is many times as long. */
const turnOfWork = (): Promise<void> =>
  new Promise((resolve) => {
    if (resting.push(resolve) === 1) setImmediate(goOn);
  });

function goOn(): void {
  resting.shift()?.();
  if (resting.length > 0) setImmediate(goOn);
}
