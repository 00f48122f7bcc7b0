import type { PersonDoc } from '@commonpurse/shared/access';
import type { Documents } from '@commonpurse/shared/documents';
import { createPersonalData, idsBelow, type PersonalData, personPart } from '@commonpurse/shared/personal-data';
import type { NotificationsStore } from './store.ts';

/** What notifications keeps of a person: what they were told. What others were told of them is the others'. */
export function notificationsPersonalData(store: NotificationsStore, people: Documents<PersonDoc>): PersonalData {
  const { feed, inbox, marks, deliveries } = store;
  return createPersonalData([
    { documents: deliveries, where: (userId) => [{ userId }] },
    { documents: inbox, where: (userId) => [{ userId }], sort: bySeq },
    { documents: marks, where: (userId) => [{ _id: userId }] },
    { documents: feed, where: (userId) => [idsBelow(userId)] },
    personPart(people),
  ]);
}

const bySeq = [
  ['seq', 1],
  ['_id', 1],
] as const;

/** Collections that hold nothing of anybody, beside those that every service has, and why. */
export const holdsNobody: Readonly<Record<string, string>> = {};
