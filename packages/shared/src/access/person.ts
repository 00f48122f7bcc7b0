import type { PersonState } from '../contracts/index.ts';
import type { Doc } from '../documents/documents.ts';

/** A person as auth tells it and every service mirrors it. */
export type Person = PersonState;

/** The mirror's document: `_id` is the user's id, `version` the person's. */
export interface PersonDoc extends Doc {
  readonly person: Person;
}
