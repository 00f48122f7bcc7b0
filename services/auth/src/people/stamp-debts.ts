import { stampKey } from '@commonpurse/shared/access';
import type { Cache } from '@commonpurse/shared/cache';
import { type Doc, type Documents, DuplicateKey } from '@commonpurse/shared/documents';

/** A stamp that could not be raised when it should have been. In the store, where every instance sees it and no kill takes it away. */
export interface StampDebt extends Doc {
  readonly userId: string;
  readonly personVersion: number;
}

export interface Debts {
  /** Resolves once it is durable. */
  owe(userId: string, personVersion: number): Promise<void>;
  /** Raises every stamp that was owed by the time it was called, by whichever instance. Rejects when it can't. */
  pay(): Promise<void>;
  /** Calls back when this instance has paid this one; answers how to stop that. */
  onPaid(userId: string, personVersion: number, paid: () => void): () => void;
}

const paidAtOnce = 500;

export function createDebts({ debts, cache }: { debts: Documents<StampDebt>; cache: Pick<Cache, 'raise'> }): Debts {
  const waiting = new Map<string, Set<() => void>>();
  return {
    owe: async (userId, personVersion) => {
      try {
        await debts.insert({ _id: idOf(userId, personVersion), version: 1, userId, personVersion });
      } catch (error) {
        if (!(error instanceof DuplicateKey)) throw error;
      }
    },
    pay: async () => {
      for (;;) {
        const owed = await debts.find({}, { limit: paidAtOnce });
        if (owed.length === 0) return;
        await Promise.all(owed.map(({ userId, personVersion }) => cache.raise(stampKey(userId), personVersion)));
        const ids = owed.map(({ _id }) => _id);
        await debts.remove(ids);
        for (const paid of ids.flatMap((id) => [...(waiting.get(id) ?? [])])) paid();
      }
    },
    onPaid: (userId, personVersion, paid) => {
      const id = idOf(userId, personVersion);
      const together = waiting.get(id) ?? new Set();
      waiting.set(id, together.add(paid));
      return () => {
        together.delete(paid);
        if (together.size === 0 && waiting.get(id) === together) waiting.delete(id);
      };
    },
  };
}

const idOf = (userId: string, personVersion: number): string => `${userId}:${personVersion}`;
