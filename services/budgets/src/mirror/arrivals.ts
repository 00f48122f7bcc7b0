/** Tells, inside this process, that a record has arrived in the mirror. */
export interface Arrivals {
  announce(recordIds: readonly string[]): void;
  /** Calls back on each arrival of that record until stopped. */
  listen(recordId: string, listener: () => void): () => void;
}

export function createArrivals(): Arrivals {
  const listeners = new Map<string, Set<() => void>>();
  return {
    announce: (recordIds) => {
      if (listeners.size === 0) return;
      for (const id of recordIds) for (const listener of listeners.get(id) ?? []) listener();
    },
    listen: (recordId, listener) => {
      const others = listeners.get(recordId) ?? new Set();
      listeners.set(recordId, others.add(listener));
      return () => {
        others.delete(listener);
        if (others.size === 0) listeners.delete(recordId);
      };
    },
  };
}
