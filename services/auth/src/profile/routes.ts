import { type Endpoint, endpoint, notFound } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import { clientOf } from '../client.ts';
import { changeProfile } from './change-profile.ts';
import { profileView } from './profile-view.ts';
import { profileExample, ProfileRequest, profileRequestExample, ProfileView } from './schemas.ts';

const tag = 'Users';
const path = '/users/profile';

export const profileRoutes = (deps: AuthDeps): Endpoint[] => [
  endpoint({
    method: 'get',
    path,
    operationId: 'getProfile',
    tag,
    summary: 'Who I am',
    admission: { scope: 'profile:read' },
    versioned: true,
    answers: { 200: { description: 'My profile', schema: ProfileView, example: profileExample } },
    handle: async ({ caller }) => {
      const user = await deps.store.users.get(caller.userId);
      if (user === null) throw notFound();
      return { status: 200, body: profileView(user), version: user.profileVersion };
    },
  }),
  endpoint({
    method: 'put',
    path,
    operationId: 'replaceProfile',
    tag,
    summary: 'Change how I am called, and how I see money and time',
    admission: 'session',
    body: ProfileRequest,
    bodyExample: profileRequestExample,
    conditional: true,
    answers: { 200: { description: 'My profile', schema: ProfileView, example: { ...profileExample, version: 2 } } },
    refusals: ['version-mismatch'],
    handle: async (request) => {
      const command = { userId: request.caller.userId, profile: request.body, ifMatch: request.ifMatch };
      const user = await changeProfile(deps, command, clientOf(request));
      return { status: 200, body: profileView(user), version: user.profileVersion };
    },
  }),
];
