import { isSharedWith, type PeopleMirror, type Person, personNow } from '@commonpurse/shared/access';
import { type Caller, notFound } from '@commonpurse/shared/http';
import { z } from 'zod';

/** Days and currencies of a record are its owner's, whoever enters or changes it. */
export type Owner = Pick<Person, 'timeZone' | 'baseCurrency'>;

/** The owner of a record, as of now. */
export async function findOwner(people: Pick<PeopleMirror, 'current'>, caller: Caller, ownerId: string): Promise<Owner> {
  if (ownerId === caller.userId) return caller.person;
  const owner = await personNow(people, ownerId);
  if (owner === null) throw notFound();
  return owner;
}

/** Who enters something may do so for somebody who lets them. */
export const EnterQuery = z.strictObject({
  owner: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: 'For whom: the id of a user who shares with you what you may change; without it, for yourself' }),
});

/** The owner for whom the caller wants to enter something. Who shares no records with the caller is as somebody who does not exist: 404. */
export async function findOwnerToEnterFor(people: Pick<PeopleMirror, 'current'>, caller: Caller, ownerId: string): Promise<Owner> {
  if (ownerId !== caller.userId && !isSharedWith(caller, 'record', ownerId)) throw notFound();
  return findOwner(people, caller, ownerId);
}
