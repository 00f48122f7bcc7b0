import type { PeopleMirror } from '@commonpurse/shared/access';
import type { Editor } from './sharing/item.ts';

/** Who did something with what belongs to `ownerId`; null where that was the owner, or nobody of whom there is a name. */
export type FindEditor = (actor: string, ownerId: string) => Promise<Editor | null>;

export const createFindEditor =
  (people: Pick<PeopleMirror, 'find'>): FindEditor =>
  async (actor, ownerId) => {
    if (actor === ownerId) return null;
    const person = await people.find(actor);
    return person && { id: person.id, name: person.displayName };
  };
