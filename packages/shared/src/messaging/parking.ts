import { hash } from 'node:crypto';
import { type CollectionDeclaration, type Doc, type Documents, DuplicateKey } from '../documents/documents.ts';
import { type Clock, instantOf } from '../service/clock.ts';
import type { Parking } from './bus.ts';

export interface ParkedDoc extends Doc {
  readonly consumer: string;
  readonly event: unknown;
  readonly reason: string;
  readonly parkedAt: string;
}

export const parkedCollection: CollectionDeclaration = { name: 'parked', indexes: [{ name: 'parkedAt', fields: ['parkedAt', '_id'] }] };

/** Parks in the consumer's own store: resolves when it is durable. One event is parked once, however often it comes back. */
export function createParking(documents: Documents<ParkedDoc>, consumer: string, clock: Clock): Parking {
  return {
    async park(event, reason) {
      try {
        await documents.insert({
          _id: parkedId(consumer, event),
          version: 1,
          consumer,
          event,
          reason: reason.slice(0, 2000),
          parkedAt: instantOf(clock),
        });
      } catch (error) {
        if (!(error instanceof DuplicateKey)) throw error;
      }
    },
    async list() {
      const docs = await documents.find(
        {},
        {
          sort: [
            ['parkedAt', 1],
            ['_id', 1],
          ],
        },
      );
      return docs
        .filter((doc) => doc.consumer === consumer)
        .map(({ _id: id, event, reason, parkedAt }) => ({ id, consumer, event, reason, parkedAt }));
    },
    drop: (id) => documents.remove([id]),
  };
}

/** By the event's own id, so that a later rendering of it is the same poison; what has none is named by its content. */
function parkedId(consumer: string, event: unknown): string {
  const id = typeof event === 'object' && event !== null && 'id' in event ? event.id : undefined;
  return `${consumer}:${typeof id === 'string' && id !== '' ? id : hash('sha256', JSON.stringify(event) ?? 'undefined', 'hex')}`;
}
