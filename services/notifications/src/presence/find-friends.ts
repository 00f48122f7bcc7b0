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
  const owners = ownersFor(person, nowMs).filter((id) => others.has(id));
  const candidates = person.sharedWith.filter((id) => others.has(id) && !owners.includes(id));
  const asked = candidates.length === 0 ? new Map<string, Person | null>() : await people.current(candidates);
  const grantees = candidates.filter((id) => {
    const grantee = asked.get(id);
    return grantee && ownersFor(grantee, nowMs).includes(userId);
  });
  return new Set([...owners, ...grantees]);
}

const ownersFor = (person: Person, nowMs: number): string[] => viewerOf(person, nowMs).grants.map(({ ownerId }) => ownerId);
