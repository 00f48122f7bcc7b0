import {
  type Documents,
  type DocumentStore,
  type Draft,
  DuplicateKey,
  type OutboxEntry,
  StoreUnavailable,
} from '@commonpurse/shared/documents';
import { type Disk, openJsonStore } from '@commonpurse/shared/documents/json';
import { fakeClock, mulberry32, simulatedDisk, type SimulatedDisk } from '@commonpurse/shared/testing';
import { checkIndexes, type Note, noteDeclaration } from './note.ts';

/** Parts that a history may be run with instead of the real ones: each is a planted bug. */
export interface Doubles {
  disk?(disk: Disk): Disk;
  documents?(documents: Documents<Note>): Documents<Note>;
  readonly checksum?: (bytes: Uint8Array, running?: number) => number;
}

const absent = 'absent';
const stateOf = (
  note: Pick<Note, 'version' | 'group' | 'code' | 'size' | 'tags' | 'text'> | null,
  outbox: readonly OutboxEntry[],
): string =>
  note ? JSON.stringify([note.version, note.group, note.code, note.size, note.tags, note.text, outbox.map(({ id }) => id)]) : absent;
const seenState = (note: Note | null): string => stateOf(note, note?.outbox ?? []);

/** Runs one random history of writes, crashes, restarts and compactions against a model. Throws, saying what is wrong, when the store breaks
 *  a promise: what was acknowledged (or shown to a reader) is there, what was refused is not, versions are contiguous, indexes agree. */
export async function runHistory(seed: number, doubles: Doubles = {}): Promise<void> {
  const random = mulberry32(seed);
  const history = new History(random, doubles);
  const lives = 2 + Math.floor(random() * 4);
  const { now } = performance;
  performance.now = simulatedTime(mulberry32(-seed));
  try {
    for (let life = 0; life < lives; life += 1) await history.live(3 + Math.floor(random() * 12));
    await history.end();
  } finally {
    performance.now = now;
  }
}

/** Milliseconds that pass by chance alone, so that work is interrupted anywhere, and in the same places when the history is replayed. */
function simulatedTime(random: () => number): () => number {
  const often = random() * 0.6;
  let time = 0;
  return () => (time += random() < often ? random() * 8 : 0.001);
}

type Outcome = 'done' | 'refused' | 'unknown';
/** One write under way: the document it is about, and the state it would leave. */
interface Attempt {
  readonly id: string;
  readonly after: string;
  run(): Promise<unknown>;
}

class History {
  readonly #random: () => number;
  readonly #doubles: Doubles;
  readonly #cold: boolean;
  /** The states each document may be in: one, or more after a write that nobody answered. */
  readonly #possible = new Map<string, Set<string>>();
  #disk: SimulatedDisk;
  #store!: DocumentStore;
  #notes!: Documents<Note>;
  #serial = 0;

  constructor(random: () => number, doubles: Doubles) {
    this.#random = random;
    this.#doubles = doubles;
    this.#cold = random() < 0.4;
    this.#disk = simulatedDisk(random);
  }

  /** Opens what is there, writes for a while, and ends in some way. */
  async live(steps: number): Promise<void> {
    await this.#open();
    for (let step = 0; step < steps && !this.#disk.isDead; step += 1) if (!(await this.#step())) break;
    if (this.#random() < 0.2) await Promise.race([this.#store.close().catch(() => {}), this.#disk.died]);
    this.#crash(this.#faults());
  }
  async end(): Promise<void> {
    this.#crash({});
    await this.#open();
  }

  #faults() {
    if (this.#random() < 0.5) return { dieAt: 10 + Math.floor(this.#random() * 150), shortRate: 0.1 };
    return { errorRate: this.#random() * 0.05, shortRate: 0.2 };
  }
  #crash(faults: Parameters<SimulatedDisk['kill']>[0]): void {
    if (this.#disk.misuse !== null) throw new Error(this.#disk.misuse);
    this.#disk = this.#random() < 0.3 ? this.#disk.kill(faults) : this.#disk.powerCut(faults);
  }
  /** A fault or another crash while opening only means opening again; a store that refuses what it has written itself is broken. */
  async #open(): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      try {
        if (await Promise.race([this.#tryOpen().then(() => true), this.#disk.died.then(() => false)])) return;
      } catch (error) {
        if (!/^(EIO|ENOSPC)/.test((error as Error).message)) throw error;
      }
      this.#crash({});
    }
    throw new Error('it never opens');
  }
  async #tryOpen(): Promise<void> {
    const { disk, documents, checksum } = this.#doubles;
    const machine = this.#disk;
    const under = disk?.(machine) ?? machine;
    this.#store = await openJsonStore({
      directory: '/store',
      disk: under,
      clock: fakeClock(),
      compactAboveBytes: 1_500,
      ...(checksum ? { checksum } : {}),
    });
    const notes = await this.#store.collection<Note>(noteDeclaration(this.#cold));
    this.#notes = documents?.(notes) ?? notes;
    const all = await this.#notes.find({});
    // a turn that was waited for comes on a dead machine, too; what is possible is a matter of the next one by then
    if (machine.isDead) return;
    const found = new Map(all.map((note) => [note._id, seenState(note)]));
    for (const id of new Set([...this.#possible.keys(), ...found.keys()])) this.#settle(id, found.get(id) ?? absent);
    await checkIndexes(this.#notes, all);
  }
  #settle(id: string, state: string): void {
    const possible = this.#possible.get(id) ?? new Set([absent]);
    if (!possible.has(state)) throw new Error(`${id} is ${state}, which is none of ${[...possible].join(' | ')}`);
    this.#possible.set(id, new Set([state]));
  }

  /** Some writes at once, each to a document of its own, with readers looking on. False when the store can't go on. */
  async #step(): Promise<boolean> {
    const attempts = new Map<string, Attempt>();
    for (let n = 0; n <= this.#random() * 4; n += 1) {
      const attempt = await this.#attempt();
      if (attempt && !attempts.has(attempt.id)) attempts.set(attempt.id, attempt);
    }
    const outcomes = await Promise.all([...attempts.values()].map((attempt) => this.#watch(attempt)));
    return outcomes.every((outcome) => outcome !== 'unknown');
  }
  async #watch({ id, after, run }: Attempt): Promise<Outcome> {
    const before = this.#possible.get(id) ?? new Set([absent]);
    this.#possible.set(id, new Set([...before, after]));
    const running = this.#outcomeOf(run());
    if (this.#random() < 0.5) await this.#look(id);
    const outcome = await running;
    if (outcome === 'refused') this.#possible.set(id, before);
    if (outcome === 'done') this.#settle(id, after);
    return outcome;
  }
  /** What a reader was shown once must stay, whatever becomes of the write. */
  async #look(id: string): Promise<void> {
    const note = await Promise.race([this.#notes.get(id).catch(() => 'unreadable' as const), this.#disk.died.then(() => 'dead' as const)]);
    if (note === 'unreadable' || note === 'dead' || this.#disk.isDead) return;
    const [first, second] = [...this.#possible.get(id)!];
    const state = seenState(note);
    if (second !== undefined && state === second) this.#settle(id, state);
    else if (state !== first && state !== second) throw new Error(`a reader saw ${state} of ${id}, which never was`);
  }
  async #outcomeOf(running: Promise<unknown>): Promise<Outcome> {
    const done = running.then(
      () => 'done' as const,
      (error: unknown) => {
        if (error instanceof DuplicateKey) return 'refused' as const;
        if (error instanceof StoreUnavailable) return 'unknown' as const;
        throw error;
      },
    );
    const outcome = await Promise.race([done, this.#disk.died.then(() => 'unknown' as const)]);
    return this.#disk.isDead ? 'unknown' : outcome;
  }

  async #attempt(): Promise<Attempt | null> {
    const living = [...this.#possible].filter(([, states]) => ![...states].includes(absent)).map(([id]) => id);
    const id = living[Math.floor(this.#random() * living.length)];
    if (id === undefined || this.#random() < 0.4) return this.#insertion();
    const note = await Promise.race([this.#notes.get(id).catch(() => null), this.#disk.died.then(() => null)]);
    if (!note) return null;
    const kind = this.#random();
    if (kind < 0.15) return { id, after: absent, run: () => this.#notes.remove([id]) };
    const outbox = note.outbox ?? [];
    if (kind < 0.4 && outbox.length > 0) {
      const pulled = outbox.slice(0, 1).map((entry) => entry.id);
      const run = (): Promise<void> => this.#notes.pullOutbox([{ id, entryIds: pulled, historyHash: `hash ${note.version}` }]);
      return { id, after: stateOf(note, outbox.slice(1)), run };
    }
    const draft = this.#draft(id, note.version + 1);
    const entries = this.#entries(draft);
    return { id, after: stateOf(draft, [...outbox, ...entries]), run: () => this.#notes.replace(draft, note.version, entries) };
  }
  #insertion(): Attempt {
    this.#serial += 1;
    const draft = this.#draft(`note-${this.#serial}`, 1);
    if (this.#random() < 0.3) {
      const run = async (): Promise<void> => {
        const { duplicates } = await this.#notes.insertMany([draft]);
        if (duplicates[0]) throw new DuplicateKey('notes', draft._id, duplicates[0].indexName);
      };
      return { id: draft._id, after: stateOf(draft, []), run };
    }
    const entries = this.#entries(draft);
    return { id: draft._id, after: stateOf(draft, entries), run: () => this.#notes.insert(draft, entries) };
  }
  #draft(id: string, version: number): Draft<Note> {
    const pick = (count: number): number => Math.floor(this.#random() * count);
    const tags = ['a', 'b', 'c'].filter(() => this.#random() < 0.4);
    const code = this.#random() < 0.5 ? { code: `c${pick(8)}` } : {};
    return { _id: id, version, group: `g${pick(3)}`, ...code, size: pick(100), tags, text: `${'ä€😀x'[pick(4)]}`.repeat(pick(300)) };
  }
  #entries({ _id, version }: Draft<Note>): OutboxEntry[] {
    if (this.#random() < 0.5) return [];
    const id = `note.changed/${_id}/${version}`;
    return [
      {
        id,
        type: 'note.changed',
        version,
        at: `2026-01-01T00:00:00.${100 + version}Z`,
        by: 'u',
        requestId: 'r',
        action: 'changed',
        change: null,
        salt: 's',
      },
    ];
  }
}
