import { type PeopleMirror, type Person, viewerOf } from '@commonpurse/shared/access';

/** Those who are looked among: asked of each friend, never gone through, for they may be everybody who is online. */
export type Others = Pick<ReadonlySet<string>, 'has'>;

/** Of these others, those who share something with this person, or with whom they share, as of now. */
export async function findFriends(
  people: Pick<PeopleMirror, 'current'>,
  userId: string,
  others: Others,
  nowMs: number,
): Promise<ReadonlySet<string>> {
  const person = (await people.current([userId])).get(userId);
  if (!person) return new Set();
  const owners = new Set(
    viewerOf(person, nowMs)
      .grants.map(({ ownerId }) => ownerId)
      .filter((id) => others.has(id)),
  );
  const candidates = person.sharedWith.filter((id) => others.has(id) && !owners.has(id));
  const asked = candidates.length === 0 ? new Map<string, Person | null>() : await people.current(candidates);
  const grantees = candidates.filter((id) => {
    const grantee = asked.get(id);
    return grantee && isGrantedBy(grantee, userId, nowMs);
  });
  return new Set([...owners, ...grantees]);
}

/** Only the grants of that owner are looked at more closely: thousands may leave at once who share with the same person, who has as many. */
const isGrantedBy = ({ id, grants }: Person, ownerId: string, nowMs: number): boolean =>
  viewerOf({ id, grants: grants.filter((grant) => grant.ownerId === ownerId) }, nowMs).grants.length > 0;
