import type { DayKey } from './day-key.ts';
import type { Follow } from './on-record-changed.ts';
import { createTurnstile } from './turnstile.ts';

/** Lets what follows from many changes of one owner be done for all of them together: one at a time, and those that come meanwhile are done
 *  as one by the next. Without a wait of its own: a single chunk is followed at once, and of an import that comes in faster than it can be
 *  followed each total and period is computed a few times instead of once for every chunk. Each caller's promise settles as of a run that
 *  began after the call, with its keys. */
export function gatherByOwner(follow: Follow): (ownerId: string, ...given: Parameters<Follow>) => Promise<void> {
  const turnstile = createTurnstile();
  const waiting = new Map<string, DayKey[]>();
  return (ownerId, keys, cause) => {
    const gathered = waiting.get(ownerId);
    if (gathered === undefined) waiting.set(ownerId, [...keys]);
    else for (const key of keys) gathered.push(key);
    return turnstile(ownerId, async () => {
      const together = waiting.get(ownerId) ?? [];
      waiting.delete(ownerId);
      await follow(together, cause);
    });
  };
}
