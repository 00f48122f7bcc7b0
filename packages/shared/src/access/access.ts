import type { Grant } from '../contracts/share.ts';
import { Refusal } from '../http/refusal.ts';
import { notFound } from '../http/problem.ts';
import { grantsOf, type Viewer } from './viewer.ts';

export type Access = 'owner' | 'edit' | 'view' | 'none';

/** What is looked at, with every fact a grant's scope can ask about. */
export type Resource =
  | { readonly kind: 'record'; readonly id: string; readonly ownerId: string; readonly type: string; readonly category: string | null }
  | { readonly kind: 'import'; readonly id: string; readonly ownerId: string; readonly createdBy: string }
  | { readonly kind: 'budget'; readonly id: string; readonly ownerId: string };

const rank: Readonly<Record<Access, number>> = { none: 0, view: 1, edit: 2, owner: 3 };

export const allows = (access: Access, needed: Exclude<Access, 'none'>): boolean => rank[access] >= rank[needed];

/** The one decision who may see and change what; `visibleTo` is its twin for many at once, and a property test holds them equal.
 *  Of several grants the widest counts. */
export function accessTo(viewer: Viewer, resource: Resource): Access {
  if (resource.ownerId === viewer.userId) return 'owner';
  let widest: Access = 'none';
  for (const grant of grantsOf(viewer, resource.kind)) {
    if (grant.ownerId === resource.ownerId && covers(grant, resource, viewer) && !allows(widest, grant.access)) widest = grant.access;
  }
  return widest;
}

/** All lists given must match; categories match expenses only. An import that somebody ran for its owner is theirs to follow. */
function covers({ scope }: Grant, resource: Resource, { userId }: Viewer): boolean {
  if (resource.kind === 'import') return resource.createdBy === userId;
  if (scope.kind === 'budgets') return scope.budgetIds?.includes(resource.id) ?? true;
  if (resource.kind !== 'record') return false;
  if ('recordIds' in scope) return scope.recordIds.includes(resource.id);
  const { types, categories } = scope;
  const isNamed = resource.type === 'expense' && resource.category !== null && categories?.includes(resource.category);
  return (types?.includes(resource.type as 'expense') ?? true) && (categories === undefined || isNamed === true);
}

/** Throws 404 for what the viewer may not see, as if it were absent, and 403 for what they see but may not do. */
export function demandAccess(viewer: Viewer, resource: Resource, needed: Exclude<Access, 'none'>): Access {
  const access = accessTo(viewer, resource);
  if (access === 'none') throw notFound();
  if (!allows(access, needed)) throw forbidden();
  return access;
}

export const forbidden = (): Refusal => new Refusal('forbidden', 'You may see this, but not change it');

/** 403 for what would lie where the viewer may change nothing. */
export const outsideShare = (): Refusal => new Refusal('forbidden', 'This lies outside of what you may change for them');
