import type { Cache } from '../cache.ts';

export interface Run {
  readonly name: Cache['run'];
  readonly onChange: Cache['onNewRun'];
  /** Something may have changed. */
  look(): void;
  /** There is no run any more, and nobody is told. */
  end(): void;
}

/** Keeps the run's name and tells of every change: also of one to nothing and back again, for hints were lost in between. */
export function createRun(read: () => string | null, onListenerError: (error: unknown) => void): Run {
  let current: string | null = null;
  const listeners = new Set<() => void>();
  return {
    name: () => current,
    onChange: (listener) => void listeners.add(listener),
    look: () => {
      const next = read();
      if (next === current) return;
      current = next;
      for (const listener of listeners) {
        try {
          listener();
        } catch (error) {
          onListenerError(error);
        }
      }
    },
    end: () => {
      listeners.clear();
      current = null;
    },
  };
}
