import type { Logger } from 'pino';
import type { Documents } from '../documents/documents.ts';
import type { ParkedEvent, Subscription } from './bus.ts';
import { acceptEvent } from './event.ts';
import type { ParkedDoc } from './parking.ts';

/** What an operator does with events that no handler could take. */
export interface ParkedEvents {
  count(): Promise<number>;
  /** Oldest first. Throws `RangeError` for an `after` that it did not give. */
  list(page: { readonly limit: number; readonly after: string | null }): Promise<ParkedPage>;
  /** Hands them to their handlers once more, one after the other; what a handler takes is parked no longer. */
  replay(ids: readonly string[]): Promise<Replayed>;
  /** Forgets them. How many there were. */
  drop(ids: readonly string[]): Promise<number>;
}
export interface ParkedPage {
  readonly items: readonly ParkedEvent[];
  /** Of all pages. */
  readonly total: number;
  /** null: this was the last page. */
  readonly next: string | null;
}
export interface Replayed {
  readonly replayed: number;
  /** They stay parked. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

/** What is done with them is logged: it is an operator's doing. */
export function createParkedEvents(parked: Documents<ParkedDoc>, subscriptions: readonly Subscription[], log: Logger): ParkedEvents {
  const replayOne = async ({ _id, event }: ParkedDoc): Promise<string | null> => {
    const failure = await handled(subscriptions, event);
    if (failure === null) await parked.remove([_id]);
    return failure;
  };
  return {
    count: () => parked.count({}),
    async list({ limit, after }) {
      const sort = [['parkedAt', 1] as const, ['_id', 1] as const];
      const docs = await parked.find({}, { sort, limit, ...(after !== null && { after: placeIn(after) }) });
      const last = docs.length === limit ? docs.at(-1) : undefined;
      return { items: docs.map(shown), total: await parked.count({}), next: last === undefined ? null : cursorOf(last) };
    },
    async replay(ids) {
      const failed: { id: string; reason: string }[] = [];
      const docs = await parked.getMany(ids);
      for (const doc of docs) {
        const reason = await replayOne(doc);
        if (reason !== null) failed.push({ id: doc._id, reason });
      }
      log.warn({ replayed: docs.length - failed.length, failed }, 'parked events were handed on again');
      const known = new Set(docs.map(({ _id }) => _id));
      const unknown = ids.filter((id) => !known.has(id)).map((id) => ({ id, reason: 'is not parked' }));
      return { replayed: docs.length - failed.length, failed: [...failed, ...unknown] };
    },
    async drop(ids) {
      const docs = await parked.getMany(ids);
      await parked.remove(docs.map(({ _id }) => _id));
      log.warn({ events: docs.map(({ _id, reason }) => ({ id: _id, reason })) }, 'parked events were dropped');
      return docs.length;
    },
  };
}

/** Why not; null: it was. */
async function handled(subscriptions: readonly Subscription[], arrived: unknown): Promise<string | null> {
  const { type } = (arrived ?? {}) as { readonly type?: unknown };
  const subscription = subscriptions.find(({ event }) => event.type === type);
  if (subscription === undefined) return 'no handler here takes events of its type';
  try {
    await subscription.handle(acceptEvent(subscription.event, arrived));
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

const shown = ({ _id: id, consumer, event, reason, parkedAt }: ParkedDoc): ParkedEvent => ({ id, consumer, event, reason, parkedAt });

const cursorOf = ({ parkedAt, _id }: ParkedDoc): string => Buffer.from(JSON.stringify([parkedAt, _id])).toString('base64url');

function placeIn(cursor: string): readonly [string, string] {
  try {
    const [parkedAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof parkedAt === 'string' && typeof id === 'string') return [parkedAt, id];
  } catch {
    // it is told below
  }
  throw new RangeError('this is no cursor of the parked events');
}
