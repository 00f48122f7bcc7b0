import type { Doc, Draft, OutboxEntry, OutboxPull } from '../../documents/documents.ts';
import { chainOrder, lineOf } from '../history-line.ts';
import type { HistoryLine } from '../outbox.ts';

/** `publishing`: under way; `resting`: failed, waits for its next try; `due`: to be published again; `confirmed`: only the pull is left. */
type Status = 'publishing' | 'resting' | 'due' | 'confirmed';

export interface Flight {
  readonly documentId: string;
  readonly entryId: string;
  /** Of its history line. */
  readonly hash: string;
  status: Status;
  /** Its line is stored. */
  recorded: boolean;
  failures: number;
}

export interface Plan<T extends Doc> {
  /** As it was read, but with the hash of its newest line. */
  readonly doc: T;
  readonly lines: readonly Draft<HistoryLine>[];
  readonly publish: readonly { readonly entry: OutboxEntry; readonly flight: Flight }[];
  /** Somebody else has told what stood before others of it: what of them is confirmed can be pulled now. */
  readonly freed: boolean;
}

/** What one relay has taken up and not pulled yet, by document and in the order of the chain. No I/O. */
export interface Flights {
  /** Forget what was pulled before: call it right before reading documents that will be planned. */
  readBegins(): void;
  /** What to do about a document as it was read, or written, just now; what is under way already is left alone, and what waits for its next
   *  try and is not in it any more is forgotten. */
  plan<T extends Doc>(doc: T, aggregate: string, recordedAt: string): Plan<T>;
  /** Whether any entry of it was taken up and not pulled yet. */
  holds(documentId: string): boolean;
  /** Whether any entry of it is neither under way nor resting. */
  concerns(doc: Doc): boolean;
  /** What can be pulled of a document: its confirmed entries from the oldest one on, for a line's hash may become the document's
   *  only when all lines before it are behind it. null: nothing. */
  pullOf(documentId: string): OutboxPull | null;
  pulled(pull: OutboxPull): void;
  /** The document is gone: nothing of it can be published any more. */
  drop(documentId: string): void;
  count(status?: Status): number;
}

export const createFlights = (): Flights => new FlightBook();

class FlightBook implements Flights {
  readonly #flights = new Map<string, Map<string, Flight>>();
  /** Entries that were pulled after the present read began: the documents it gives may still show them. */
  #pulledMeanwhile = new Set<string>();
  #size = 0;

  readBegins(): void {
    this.#pulledMeanwhile = new Set();
  }
  plan<T extends Doc>(doc: T, aggregate: string, recordedAt: string): Plan<T> {
    const freed = this.#dropToldByOthers(doc);
    const recorded = { aggregate, aggregateId: doc._id, recordedAt };
    const lines: Draft<HistoryLine>[] = [];
    const publish: { entry: OutboxEntry; flight: Flight }[] = [];
    let newest = doc.historyHash ?? null;
    for (const entry of chainOrder(doc.outbox ?? [])) {
      const known = this.#flights.get(doc._id)?.get(entry.id);
      // Of a long outbox most is known: hashing that again at each wake would cost its length every time.
      const line = known?.recorded === true ? known : lineOf(entry, newest, recorded);
      newest = line.hash;
      if (this.#pulledMeanwhile.has(entry.id)) continue;
      const flight = known ?? this.#takeUp(doc._id, entry.id, newest);
      if (flight.status !== 'due') continue;
      flight.status = 'publishing';
      publish.push({ entry, flight });
      if ('previousHash' in line) lines.push(line);
    }
    return { doc: newest === null ? doc : { ...doc, historyHash: newest }, lines, publish, freed };
  }
  holds(documentId: string): boolean {
    return this.#flights.has(documentId);
  }
  concerns(doc: Doc): boolean {
    return (doc.outbox ?? []).some((entry) => this.#flights.get(doc._id)?.has(entry.id) !== true);
  }
  pullOf(documentId: string): OutboxPull | null {
    const ready: Flight[] = [];
    for (const flight of this.#flights.get(documentId)?.values() ?? []) {
      if (flight.status !== 'confirmed') break;
      ready.push(flight);
    }
    const last = ready.at(-1);
    return last === undefined ? null : { id: documentId, entryIds: ready.map((flight) => flight.entryId), historyHash: last.hash };
  }
  pulled({ id, entryIds }: OutboxPull): void {
    for (const entryId of entryIds) {
      this.#forget(id, entryId);
      this.#pulledMeanwhile.add(entryId);
    }
  }
  drop(documentId: string): void {
    this.#size -= this.#flights.get(documentId)?.size ?? 0;
    this.#flights.delete(documentId);
  }
  count(status?: Status): number {
    if (status === undefined) return this.#size;
    return [...this.#flights.values()].flatMap((ofDocument) => [...ofDocument.values()]).filter((flight) => flight.status === status)
      .length;
  }

  /** Another instance may find an entry old enough to tell it, and pull it, while this one rests between two tries: then nothing is left to do of it.
   *  Whether there was any. */
  #dropToldByOthers({ _id, outbox = [] }: Doc): boolean {
    const known = this.#flights.get(_id);
    if (known === undefined) return false;
    const there = new Set(outbox.map(({ id }) => id));
    const told = [...known.values()].filter(({ entryId, status }) => !there.has(entryId) && (status === 'resting' || status === 'due'));
    for (const { entryId } of told) this.#forget(_id, entryId);
    return told.length > 0;
  }
  #forget(documentId: string, entryId: string): void {
    const ofDocument = this.#flights.get(documentId);
    if (ofDocument?.delete(entryId) === true) this.#size -= 1;
    if (ofDocument?.size === 0) this.#flights.delete(documentId);
  }
  #takeUp(documentId: string, entryId: string, hash: string): Flight {
    const flight: Flight = { documentId, entryId, hash, status: 'due', recorded: false, failures: 0 };
    const ofDocument = this.#flights.get(documentId) ?? new Map<string, Flight>();
    this.#flights.set(documentId, ofDocument.set(entryId, flight));
    this.#size += 1;
    return flight;
  }
}
