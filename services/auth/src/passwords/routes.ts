import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import { clientOf } from '../client.ts';
import { changePassword } from './change-password.ts';
import { resetPassword } from './reset-password.ts';
import { ChangePasswordRequest, ResetPasswordRequest } from './schemas.ts';

const tag = 'Auth';

export const passwordRoutes = (deps: AuthDeps): Endpoint[] => [reset(deps), change(deps)];

const reset = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/reset-password',
    operationId: 'resetPassword',
    tag,
    summary: 'Set a new password with the token that was mailed',
    description:
      'Ends every session and verifies the address. Two-factor login stays on: the next login still asks for a code. API keys go on.',
    admission: 'open',
    body: ResetPasswordRequest,
    bodyExample: { token: 'q2X0Yb1mC8sZk3vW9tLr4g', password: 'another purse of 9 coins' },
    answers: { 204: { description: 'The new password is set' } },
    refusals: ['token-invalid'],
    handle: async (request) => {
      await resetPassword(deps, request.body, clientOf(request));
      return { status: 204 };
    },
  });

const change = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/change-password',
    operationId: 'changePassword',
    tag,
    summary: 'Change my password',
    description: 'Ends every other session; this one and API keys go on.',
    admission: 'session',
    body: ChangePasswordRequest,
    bodyExample: { currentPassword: 'a purse full of 7 coins', newPassword: 'another purse of 9 coins' },
    answers: { 204: { description: 'The new password is set' } },
    refusals: [['invalid-credentials', 403]],
    handle: async (request) => {
      await changePassword(deps, request.caller, request.body, clientOf(request));
      return { status: 204 };
    },
  });
