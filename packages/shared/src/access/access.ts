import type { Filter } from '../documents/documents.ts';
import { Refusal } from '../http/refusal.ts';
import { notFound } from '../http/problem.ts';

export type Access = 'owner' | 'edit' | 'view' | 'none';

/** Who looks. What others granted them will be in here too. */
export interface Viewer {
  readonly userId: string;
}

/** What is looked at, with every fact a grant's scope can ask about. */
export type Resource =
  | { readonly kind: 'record'; readonly id: string; readonly ownerId: string; readonly type: string; readonly category: string | null }
  | { readonly kind: 'import'; readonly id: string; readonly ownerId: string }
  | { readonly kind: 'budget'; readonly id: string; readonly ownerId: string };

/** The one decision who may see and change what; `visibleTo` is its twin for many at once, and a property test holds them equal. */
export function accessTo(viewer: Viewer, resource: Resource): Access {
  return resource.ownerId === viewer.userId ? 'owner' : 'none';
}

/** Selects exactly the documents to which `accessTo` does not answer `none`. The collection stores a resource's facts under their own
 *  names (`_id` for the id). */
export function visibleTo(viewer: Viewer, _kind: Resource['kind']): Filter {
  return { ownerId: viewer.userId };
}

const rank: Readonly<Record<Access, number>> = { none: 0, view: 1, edit: 2, owner: 3 };

export const allows = (access: Access, needed: Exclude<Access, 'none'>): boolean => rank[access] >= rank[needed];

/** Throws 404 for what the viewer may not see, as if it were absent, and 403 for what they see but may not do. */
export function demandAccess(viewer: Viewer, resource: Resource, needed: Exclude<Access, 'none'>): Access {
  const access = accessTo(viewer, resource);
  if (access === 'none') throw notFound();
  if (!allows(access, needed)) throw new Refusal('forbidden', 'You may see this, but not change it');
  return access;
}
