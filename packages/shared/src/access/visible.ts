import type { Grant } from '../contracts/share.ts';
import type { Filter } from '../documents/documents.ts';
import { notFound } from '../http/problem.ts';
import { grantsOf, isSharedWith, type ResourceKind, type Viewer } from './viewer.ts';

/** Selects exactly the documents to which `accessTo` does not answer `none`. The collection stores a resource's facts under their own
 *  names (`_id` for the id). */
export function visibleTo(viewer: Viewer, kind: ResourceKind): Filter {
  const shared = sharedParts(viewer, kind);
  const whole = [viewer.userId, ...shared.filter(isWhole).map(({ ownerId }) => ownerId)];
  return anyOf([ownedBy(whole), ...shared.flatMap(partsOf)]);
}

/** Those of them that `?owner=` asks for: one's own without it, everybody's with `all`. Somebody who shares nothing of the kind with the
 *  viewer is as somebody who does not exist: 404. */
export function visibleOf(viewer: Viewer, kind: ResourceKind, owner: string | undefined): Filter {
  if (owner === undefined || owner === viewer.userId) return ownedBy([viewer.userId]);
  if (owner === 'all') return visibleTo(viewer, kind);
  if (!isSharedWith(viewer, kind, owner)) throw notFound();
  const shared = sharedParts(viewer, kind).filter(({ ownerId }) => ownerId === owner);
  return anyOf(shared.flatMap((part) => (isWhole(part) ? [ownedBy([owner])] : partsOf(part))));
}

/** What one owner's grants show together. */
interface SharedPart {
  readonly ownerId: string;
  /** Nothing narrows it. */
  all: boolean;
  readonly ids: Set<string>;
  readonly types: Set<string>;
  /** Of expenses. */
  readonly categories: Set<string>;
  /** Of imports: those that the viewer has started. */
  readonly createdBy: string | null;
}

function sharedParts(viewer: Viewer, kind: ResourceKind): SharedPart[] {
  const byOwner = Map.groupBy(grantsOf(viewer, kind), ({ ownerId }) => ownerId);
  return [...byOwner].map(([ownerId, grants]) => {
    const createdBy = kind === 'import' ? viewer.userId : null;
    const part: SharedPart = { ownerId, all: false, ids: new Set(), types: new Set(), categories: new Set(), createdBy };
    if (kind !== 'import') for (const grant of grants) addGrant(part, grant);
    return part;
  });
}

/** One part is added to for all grants: with copies of what it holds the cost of many grants would grow with their square. */
function addGrant(part: SharedPart, { scope }: Grant): void {
  if (scope.kind === 'budgets') return addTo(part, part.ids, scope.budgetIds);
  if ('recordIds' in scope) return addTo(part, part.ids, scope.recordIds);
  const { types, categories } = scope;
  if (categories === undefined) return addTo(part, part.types, types);
  // Only an expense has a category: without expenses there is nothing that all lists match.
  if (types === undefined || types.includes('expense')) addTo(part, part.categories, categories);
}

function addTo(part: SharedPart, set: Set<string>, more: readonly string[] | undefined): void {
  if (more === undefined) part.all = true;
  else for (const each of more) set.add(each);
}

const isWhole = ({ all }: SharedPart): boolean => all;

function partsOf({ ownerId, all, ids, types, categories, createdBy }: SharedPart): Filter[] {
  if (all) return [];
  const parts: Filter[] = [];
  if (createdBy !== null) parts.push({ ownerId, createdBy });
  if (types.size > 0) parts.push({ ownerId, type: oneOf(types) });
  if (categories.size > 0 && !types.has('expense')) parts.push({ ownerId, type: 'expense', category: oneOf(categories) });
  if (ids.size > 0) parts.push({ ownerId, _id: oneOf(ids) });
  return parts;
}

const ownedBy = (owners: readonly string[]): Filter => ({ ownerId: oneOf(new Set(owners)) });

function oneOf(values: ReadonlySet<string>): Filter[string] {
  const [only] = values;
  return values.size === 1 ? only : { $in: [...values] };
}

/** Of no parts: nothing. */
function anyOf(parts: readonly Filter[]): Filter {
  const [only] = parts;
  return parts.length === 1 && only ? only : { $or: parts };
}
