import type { PersonDoc } from '@commonpurse/shared/access';
import type { Doc, Documents } from '@commonpurse/shared/documents';
import { createPersonalData, type Part, type PersonalData, personPart, withHistory } from '@commonpurse/shared/personal-data';
import type { BudgetsStore } from './store.ts';

/** What budgets keeps of a person: what they plan, what has happened in its periods, and what is made of their records. */
export function budgetsPersonalData(store: BudgetsStore, people: Documents<PersonDoc>): PersonalData {
  const { budgets, periods, mirror, totals, spendings, history } = store;
  return createPersonalData([
    { ...owned(periods), ...withHistory(history) },
    owned(spendings),
    { ...owned(budgets), ...withHistory(history) },
    owned(mirror),
    owned(totals),
    personPart(people),
  ]);
}

const owned = <T extends Doc>(documents: Documents<T>): Part<T> => ({ documents, where: (ownerId) => [{ ownerId }] });

/** Collections that hold nothing of anybody, beside those that every service has, and why. */
export const holdsNobody: Readonly<Record<string, string>> = {
  rebuilds: 'how far it is to make the mirror anew',
};
