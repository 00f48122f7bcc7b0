/** How long one query, load or compaction may hold the event loop before others get their turn. */
const SLICE_MS = 4;
/** Looking at the clock costs more than looking at most rows, but some rows are long to look at: so many at most in between, and only as
 *  long as they take no more than the smallest part of a slice. */
const CHECK_EVERY_MAX = 128;
const CHECK_EVERY_MS = SLICE_MS / 8;

/** A piece of work that waits to go on. */
interface Resting {
  /** Counts pieces of work in the order in which they began. */
  readonly number: number;
  readonly goOn: () => void;
}
/** By whom it is for, whose turn is next first; what nobody waits for is by itself. */
const resting = new Map<unknown, Resting[]>();
let begun = 0;

/** Lets others in every few milliseconds. */
export class TimeSlice {
  readonly #whose: unknown;
  readonly #number = (begun += 1);
  #checkedAt = performance.now();
  // Many may begin in one turn, too: while others wait to go on, only what is short is done at once.
  #until = this.#checkedAt + (resting.size > 0 ? CHECK_EVERY_MS : SLICE_MS);
  #checkEvery = 1;
  #stepsLeft = 1;

  /** @param whose the user who waits for this work; undefined where nobody does, as for a compaction, whoever has set it off: it must be behind nobody's
   *  own, and nobody's own behind it */
  constructor(whose?: string) {
    this.#whose = whose ?? this;
  }
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
    await turnOfWork(this.#whose, this.#number);
    this.#checkedAt = performance.now();
    this.#until = this.#checkedAt + SLICE_MS;
  }
}

/** As `Promise.all` of what is begun for each of these in their order, with turns for others in between: hundreds are short each, and long together. */
export async function allInSlices<T, R>(items: readonly T[], begin: (item: T) => Promise<R>): Promise<R[]> {
  const slice = new TimeSlice();
  const all: Promise<R>[] = [];
  for (const item of items) {
    if (slice.isOver()) await slice.rest();
    const one = begin(item);
    // Awaited below; what fails during a rest must not count as unhandled until then.
    one.catch(() => undefined);
    all.push(one);
  }
  return Promise.all(all);
}

/** Resolves after whatever is waiting for the event loop has had its turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** As `nextTurn`, but of all that rest one goes on in each turn: the slices of many in one turn would keep everybody waiting as long as one that
 *  is many times as long. Users take turns, and of one user's work the oldest goes on: who asks for two hundred things at once waits for them, and
 *  nobody else, and what has not begun holds nothing. */
const turnOfWork = (whose: unknown, number: number): Promise<void> =>
  new Promise((goOn) => {
    const theirs = resting.get(whose) ?? [];
    const behind = theirs.findIndex((other) => other.number > number);
    theirs.splice(behind === -1 ? theirs.length : behind, 0, { number, goOn });
    if (theirs.length > 1) return;
    resting.set(whose, theirs);
    if (resting.size === 1) setImmediate(goOnWithNext);
  });

function goOnWithNext(): void {
  for (const [whose, theirs] of resting) {
    resting.delete(whose);
    const next = theirs.shift();
    if (theirs.length > 0) resting.set(whose, theirs);
    next?.goOn();
    break;
  }
  if (resting.size > 0) setImmediate(goOnWithNext);
}
