import type { Grant } from '../contracts/share.ts';
import type { Person } from './person.ts';

/** Who looks, and what others have granted them that holds now. */
export interface Viewer {
  readonly userId: string;
  readonly grants: readonly Grant[];
}

export type ResourceKind = 'record' | 'budget' | 'import';

/** The person as a viewer at this instant. */
export const viewerOf = ({ id, grants }: Pick<Person, 'id' | 'grants'>, nowMs: number): Viewer => ({
  userId: id,
  grants: grants.filter((grant) => holds(grant, nowMs)),
});

const holds = ({ expiresAt }: Grant, nowMs: number): boolean => expiresAt === null || nowMs < Date.parse(expiresAt);

/** The viewer with only what they had been granted by then, of what holds now. */
export const grantedBy = (viewer: Viewer, at: string): Viewer => ({
  ...viewer,
  grants: viewer.grants.filter(({ since }) => since === undefined || since <= at),
});

/** An import makes records, so who is granted records is who it may concern. */
const scopeKinds = { record: 'records', import: 'records', budget: 'budgets' } as const;

/** What these owners share of this kind. */
export const grantsOf = ({ grants }: Viewer, kind: ResourceKind): readonly Grant[] =>
  grants.filter(({ scope }) => scope.kind === scopeKinds[kind]);

/** Whether this owner lets the viewer enter records for them; which ones, the scopes say. A record that is still to come has no id. */
export const mayEnterFor = (viewer: Viewer, ownerId: string): boolean =>
  grantsOf(viewer, 'record').some((grant) => grant.ownerId === ownerId && grant.access === 'edit' && !('recordIds' in grant.scope));

/** Whether this owner shares anything of the kind with the viewer, whatever there is of it now. */
export const isSharedWith = (viewer: Viewer, kind: ResourceKind, ownerId: string): boolean =>
  grantsOf(viewer, kind).some((grant) => grant.ownerId === ownerId);
