import { type Answer, type Endpoint, endpoint, notFound } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { isOn } from '../two-factor/two-factor.ts';
import { Analytics, analyticsExample, AnalyticsQuery } from './analytics-schemas.ts';
import { changeStanding } from './change-standing.ts';
import { demandAdmin } from './demand-admin.ts';
import { makeAdmin } from './make-admin.ts';
import { readAnalytics } from './read-analytics.ts';
import {
  adminUserExample,
  AdminUserView,
  foundUserExample,
  FoundUserPage,
  MakeAdminRequest,
  SearchQuery,
  StandingRequest,
} from './schemas.ts';
import { foundUser, searchUsers } from './search-users.ts';

const tag = 'Admin';
const params = z.strictObject({ id: z.string().max(128).meta({ description: 'Id of a user', example: adminUserExample.id }) });
const shown = { description: 'The user', schema: AdminUserView };

export const adminRoutes = (deps: AuthDeps): Endpoint[] => [search(deps), read(deps), change(deps), analytics(deps), make(deps)];

const answerWith = (user: User): Answer => ({
  status: 200,
  body: { ...foundUser(user), twoFactorEnabled: isOn(user.twoFactor), version: user.profileVersion },
  version: user.profileVersion,
});

const search = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/users/search',
    operationId: 'searchUsers',
    tag,
    summary: 'Find people by the beginning of their address or name',
    description: 'For administrators. People whose address is not verified are not among them.',
    admission: 'session',
    query: SearchQuery,
    answers: { 200: { description: 'A page of people', schema: FoundUserPage, example: { items: [foundUserExample], nextCursor: null } } },
    refusals: ['forbidden'],
    handle: async (request) => {
      demandAdmin(deps, request, 'search of users');
      return { status: 200, body: await searchUsers(deps, request.caller.userId, request.query) };
    },
  });

const read = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/admin/users/:id',
    operationId: 'getUser',
    tag,
    summary: 'Somebody’s account',
    description: 'For administrators. Shows the account, never what its owner keeps in it.',
    admission: 'session',
    params,
    answers: { 200: { ...shown, example: adminUserExample } },
    refusals: ['forbidden', 'not-found'],
    handle: async (request) => {
      demandAdmin(deps, request, 'reading of a user', request.params.id);
      const user = await deps.store.users.get(request.params.id);
      if (user === null || user.personVersion === 0) throw notFound();
      return answerWith(user);
    },
  });

const change = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'patch',
    path: '/admin/users/:id',
    operationId: 'changeUser',
    tag,
    summary: 'Change somebody’s role, disable or enable an account',
    description:
      'For administrators. Disabling ends every session and API key at once, on every service and open WebSocket. The last active administrator can be neither demoted nor disabled.',
    admission: 'session',
    params,
    body: StandingRequest,
    bodyExample: { role: 'admin' },
    mergePatch: true,
    conditional: true,
    answers: { 200: { ...shown, example: { ...adminUserExample, role: 'admin', version: 2 } } },
    refusals: ['forbidden', 'not-found', 'version-mismatch', 'last-admin'],
    handle: async (request) => {
      const { caller, params: named, body, ifMatch, requestId } = request;
      demandAdmin(deps, request, 'change of a user', named.id);
      return answerWith(await changeStanding(deps, { userId: named.id, ...body, ifMatch }, { by: caller.userId, requestId }));
    },
  });

const analytics = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/admin/analytics',
    operationId: 'getAnalytics',
    tag,
    summary: 'How much the system is used, in counts',
    description: 'For administrators. Days on which there is nothing to count are left out.',
    admission: 'session',
    query: AnalyticsQuery,
    answers: { 200: { description: 'The counts', schema: Analytics, example: analyticsExample } },
    refusals: ['forbidden'],
    handle: async (request) => {
      demandAdmin(deps, request, 'analytics');
      return { status: 200, body: await readAnalytics(deps, request.query, request.requestId) };
    },
  });

const make = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/internal/admins',
    operationId: 'makeAdmin',
    tag: 'internal',
    summary: 'Make the owner of an address an administrator, for operators',
    admission: 'service',
    body: MakeAdminRequest,
    bodyExample: { email: foundUserExample.email },
    answers: { 200: { ...shown, example: { ...adminUserExample, role: 'admin' } } },
    refusals: ['not-found'],
    handle: async ({ body, requestId }) => answerWith(await makeAdmin(deps, body.email, requestId)),
  });
