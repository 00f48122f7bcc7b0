import type { DocumentStore } from '@commonpurse/shared/documents';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import type { Clock } from '@commonpurse/shared/service';
import { fakeClock, memoryDisk } from '@commonpurse/shared/testing';
import { pino } from 'pino';
import { type BudgetsStore, openBudgetsStore } from '../store.ts';

/** Budgets' store with nothing in it, in memory; close `documents` afterwards. */
export async function openEmptyStore(clock: Clock = fakeClock()): Promise<{ documents: DocumentStore; store: BudgetsStore }> {
  const documents = await openJsonStore({ directory: '/store', disk: memoryDisk(), clock, log: pino({ level: 'silent' }) });
  return { documents, store: await openBudgetsStore(documents) };
}
