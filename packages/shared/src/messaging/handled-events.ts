import { LRUCache } from 'lru-cache';
import type { Subscription } from './bus.ts';

/** The events that this process has lately handled to the end, by their ids: what followed from them is in its store. A reading of the feed
 *  passes over them, for after an outage nearly all of what it reads is not what was lost. */
export interface HandledEvents {
  has(event: unknown): boolean;
  add(id: string): void;
  /** The store may have lost what followed. */
  forget(): void;
}

/** Some megabytes of ids: minutes of a busy system. What is forgotten is handled once more, which is harmless. */
const rememberedMax = 20_000;

export function createHandledEvents(): HandledEvents {
  const ids = new LRUCache<string, true>({ max: rememberedMax });
  return {
    has: (event) => typeof event === 'object' && event !== null && 'id' in event && ids.has(event.id as string),
    add: (id) => void ids.set(id, true),
    forget: () => ids.clear(),
  };
}

/** The same subscriptions, which remember what was handled. */
export const remembering = (handled: HandledEvents, subscriptions: readonly Subscription[]): Subscription[] =>
  subscriptions.map((subscription) => ({
    ...subscription,
    async handle(event) {
      await subscription.handle(event);
      handled.add(event.id);
    },
  }));
