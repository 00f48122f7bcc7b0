import type { Thing } from './things.ts';

/** One documented route, and who is let in. */
export interface Row {
  /** `anyone`; a `session`, never a key; an `admin`'s session; otherwise the scope that a key needs. */
  readonly admits: 'anyone' | 'session' | 'admin' | `${string}:${'read' | 'write'}`;
  /** What the id in the path names: for who may not see it, it must be as if it were absent. */
  readonly of?: Thing;
  /** The least that somebody must have been granted to be let in here; `never`: who sees the thing is told no more than that this is its
   *  owner's to do; absent: no share shows the thing. */
  readonly shared?: 'view' | 'edit' | 'never';
  /** Without which the route does not get as far as asking who it is. */
  readonly query?: string;
  /** Sent in place of the documented example of a body; for a table that says more than the documentation can. */
  readonly body?: unknown;
}

/** Every route of `/openapi.json`. A new one is entered here, by hand: who may call it is decided twice, and both must agree. */
export const routes: Readonly<Record<string, Row>> = {
  'GET /health/live': { admits: 'anyone' },
  'GET /health/ready': { admits: 'anyone' },
  'GET /openapi.json': { admits: 'anyone' },
  'GET /problems/{code}': { admits: 'anyone' },
  'GET /.well-known/jwks.json': { admits: 'anyone' },

  'POST /auth/register': { admits: 'anyone' },
  'POST /auth/verify-email': { admits: 'anyone' },
  'POST /auth/resend-verification': { admits: 'anyone' },
  'POST /auth/login': { admits: 'anyone' },
  'POST /auth/refresh': { admits: 'anyone' },
  'POST /auth/forgot-password': { admits: 'anyone' },
  'POST /auth/reset-password': { admits: 'anyone' },
  'POST /auth/verify-2fa': { admits: 'anyone' },
  'POST /auth/enable-2fa': { admits: 'session' },
  'POST /auth/disable-2fa': { admits: 'session' },
  'POST /auth/recovery-codes': { admits: 'session' },
  'POST /auth/change-password': { admits: 'session' },
  'POST /auth/logout': { admits: 'session' },
  'GET /auth/sessions': { admits: 'session' },
  'DELETE /auth/sessions/{id}': { admits: 'session', of: 'session' },
  'POST /auth/ws-ticket': { admits: 'session' },
  'POST /auth/api-keys': { admits: 'session' },
  'GET /auth/api-keys': { admits: 'session' },
  'DELETE /auth/api-keys/{id}': { admits: 'session', of: 'key' },

  'GET /users/profile': { admits: 'profile:read' },
  'PUT /users/profile': { admits: 'session' },
  'POST /users/share-permission': { admits: 'session' },
  'PUT /users/share-permission/{id}': { admits: 'session', of: 'share' },
  'DELETE /users/share-permission/{id}': { admits: 'session', of: 'share' },
  'GET /users/shared-by-me': { admits: 'shares:read' },
  'GET /users/shared-with-me': { admits: 'shares:read' },

  'GET /records': { admits: 'records:read' },
  'POST /records': { admits: 'records:write' },
  'GET /records/{id}': { admits: 'records:read', of: 'record', shared: 'view' },
  'PUT /records/{id}': { admits: 'records:write', of: 'record', shared: 'edit' },
  'PATCH /records/{id}': { admits: 'records:write', of: 'record', shared: 'edit' },
  'DELETE /records/{id}': { admits: 'records:write', of: 'record', shared: 'edit' },
  'POST /records/{id}/restore': { admits: 'records:write', of: 'deleted record', shared: 'edit' },
  'GET /records/{id}/history': { admits: 'records:read', of: 'record', shared: 'view' },
  'POST /records/bulk-import': { admits: 'records:write' },
  'GET /records/imports': { admits: 'records:read' },
  'GET /records/imports/{id}': { admits: 'records:read', of: 'import' },
  'POST /records/imports/{id}/revert': { admits: 'records:write', of: 'import' },
  'GET /categories': { admits: 'records:read' },
  'GET /currencies': { admits: 'records:read' },

  'GET /budgets': { admits: 'budgets:read' },
  'POST /budgets': { admits: 'budgets:write' },
  'GET /budgets/{id}': { admits: 'budgets:read', of: 'budget', shared: 'view' },
  'PUT /budgets/{id}': { admits: 'budgets:write', of: 'budget', shared: 'edit' },
  'PATCH /budgets/{id}': { admits: 'budgets:write', of: 'budget', shared: 'edit' },
  'DELETE /budgets/{id}': { admits: 'budgets:write', of: 'budget', shared: 'never' },
  'GET /budgets/{id}/progress': { admits: 'budgets:read', of: 'budget', shared: 'view' },

  'GET /notifications': { admits: 'notifications:read' },
  'POST /notifications/{id}/read': { admits: 'notifications:write', of: 'notification' },
  'POST /notifications/read-all': { admits: 'notifications:write' },
  'GET /ws': { admits: 'anyone' },

  'GET /users/search': { admits: 'admin', query: 'q=ow' },
  'GET /admin/users/{id}': { admits: 'admin', of: 'user' },
  'PATCH /admin/users/{id}': { admits: 'admin', of: 'user', body: { status: 'active' } },
  'GET /admin/analytics': { admits: 'admin' },
};

/** Ids in other places than the path: `:user`, `:record`, `:budget` become ids that are foreign, or absent, to who asks. */
export const references: readonly (readonly [key: string, body?: unknown])[] = [
  ['GET /records?owner=:user'],
  ['GET /records?owner=:record'],
  ['GET /budgets?owner=:user'],
  ['GET /budgets/:own-budget/progress?after=:record%3A1'],
  ['POST /users/share-permission', shareOf({ kind: 'records', recordIds: [':record'] })],
  ['POST /users/share-permission', shareOf({ kind: 'budgets', budgetIds: [':budget'] })],
];

function shareOf(scope: unknown): unknown {
  return { granteeEmail: 'somebody@elsewhere.example', access: 'view', scope };
}
