import type { OwnedAnswer, ShareScope } from '@commonpurse/shared/contracts';
import { type FieldError, invalid, Refusal } from '@commonpurse/shared/http';
import type { ShareTerms } from './share.ts';
import type { ShareRequest } from './schemas.ts';
import type { SharesDeps } from './shares-deps.ts';

/** The terms as they are kept: nothing twice, and nothing but what the owner has and what is still to come. Refuses: 400. */
export async function checkTerms(
  { clock, peers }: SharesDeps,
  ownerId: string,
  asked: ShareRequest,
  requestId: string,
): Promise<ShareTerms> {
  const terms = termsAsked(asked);
  if (terms.expiresAt !== null && Date.parse(terms.expiresAt) <= clock.now()) {
    throw invalid('/expiresAt', 'expires-in-past', 'A share has to hold for a while');
  }
  // As asked: a place that is told is one of the request.
  const named = namedIds(asked.scope);
  if (named === null) return terms;
  const { owned } = await peers.post<OwnedAnswer>(named.service, named.path, { ownerId, ids: named.ids }, { requestId });
  const errors = named.ids.flatMap((id, at): FieldError[] =>
    owned.includes(id)
      ? []
      : [{ path: `/scope/${named.list}/${at}`, code: 'not-yours', message: 'There is nothing of yours with this id' }],
  );
  if (errors.length > 0) throw new Refusal('validation-failed', 'Only what is yours can be shared', { errors });
  return terms;
}

/** As parsed, each list without repetitions. */
export const termsAsked = ({ access, scope, expiresAt }: ShareRequest): ShareTerms => ({
  access,
  scope: Object.fromEntries(
    Object.entries(scope).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? [...new Set(value)] : value]],
    ),
  ) as ShareScope,
  expiresAt: expiresAt ?? null,
});

interface NamedIds {
  readonly service: 'records' | 'budgets';
  readonly path: string;
  readonly list: string;
  readonly ids: readonly string[];
}
function namedIds(scope: ShareScope): NamedIds | null {
  if ('recordIds' in scope) return { service: 'records', path: '/internal/records/owned', list: 'recordIds', ids: scope.recordIds };
  if (scope.kind !== 'budgets' || scope.budgetIds === undefined) return null;
  return { service: 'budgets', path: '/internal/budgets/owned', list: 'budgetIds', ids: scope.budgetIds };
}
