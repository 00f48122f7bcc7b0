import type { Doc, Documents, OutboxEntry } from '../documents/documents.ts';
import type { DomainEvent } from './bus.ts';

/** A collection whose documents carry outbox entries, and how an entry becomes events. */
export interface Outbox<T extends Doc = Doc> {
  /** The aggregate's name, as history and metrics show it: record, import, budget, user. */
  readonly aggregate: string;
  readonly documents: Documents<T>;
  /** Renders an entry from the aggregate's current state, as events of the entry's own type; the same entry can be rendered again at any later time. [] when there is nothing to tell. */
  render(entry: OutboxEntry, doc: T): Promise<readonly DomainEvent[]> | readonly DomainEvent[];
}

/** One change of one aggregate, for ever. Cold collection `history`, one per service; also the service's changes feed, in `recordedAt` order. */
export interface HistoryLine extends Doc {
  /** `<aggregateId>:<version, 8 digits>:<event type>`: the lines of an aggregate are a range of ids, in order. */
  readonly _id: string;
  readonly aggregate: string;
  readonly aggregateId: string;
  /** Everything the entry said. */
  readonly entry: OutboxEntry;
  /** HMAC-SHA256(salt, canonical JSON of the change), hex; stays when change and salt are erased. */
  readonly changeMac: string;
  /** SHA-256, hex, over previous hash, version, at, by, action and HMAC(salt, change): content and salt can be erased and the chain still verifies. */
  readonly hash: string;
  readonly previousHash: string | null;
  /** When the relay wrote it; orders the changes feed. */
  readonly recordedAt: string;
}
