import { type Endpoint, endpoint, notFound } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { AuthDeps } from '../auth-deps.ts';
import { profileView } from '../profile/profile-view.ts';
import { clientOf } from '../client.ts';
import { challengeSeconds } from '../two-factor/challenge.ts';
import { endSessions } from './end-sessions.ts';
import { listSessions } from './list-sessions.ts';
import { logIn } from './log-in.ts';
import { refreshSession } from './refresh-session.ts';
import { LoginAnswer, LoginRequest, LogoutRequest, RefreshRequest, sessionExample, SessionPage, SessionQuery } from './schemas.ts';
import { loggedInExample, Tokens, tokensExample } from './token-pair.ts';

const tag = 'Auth';
/** Tokens are for whoever asked, not for what lies in between (RFC 6749, section 5.1). */
const headers = { 'Cache-Control': 'no-store' };

export const sessionRoutes = (deps: AuthDeps): Endpoint[] => [login(deps), refresh(deps), logout(deps), list(deps), revoke(deps)];

const login = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/login',
    operationId: 'login',
    tag,
    summary: 'Sign in',
    description:
      'An unknown address answers as a wrong password does, in the same time. With two-factor login on, the answer is `twoFactorRequired` and a challenge for `POST /auth/verify-2fa`.',
    admission: 'open',
    body: LoginRequest,
    bodyExample: { email: 'ada@example.com', password: 'a purse full of 7 coins', deviceName: 'Phone' },
    answers: { 200: { description: 'Signed in; or a code is asked for', schema: LoginAnswer, example: loggedInExample } },
    refusals: ['invalid-credentials', 'email-not-verified', 'account-disabled', 'rate-limited'],
    handle: async (request) => {
      const { email, password, deviceName } = request.body;
      const outcome = await logIn(deps, { email, password, deviceName: deviceName ?? null }, clientOf(request));
      if ('challengeToken' in outcome) {
        const body = { twoFactorRequired: true, challengeToken: outcome.challengeToken, expiresIn: challengeSeconds };
        return { status: 200, body, headers };
      }
      return { status: 200, body: { ...outcome.tokens, user: profileView(outcome.user) }, headers };
    },
  });

const refresh = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/refresh',
    operationId: 'refresh',
    tag,
    summary: 'Exchange a refresh token for a new pair',
    description:
      'Each refresh token works once. Using one again within 10 s of its first use gives the same new refresh token; any other second use ends the session. A token that is none of ours, or whose session is over: 401 `token-invalid`.',
    admission: 'open',
    body: RefreshRequest,
    bodyExample: { refreshToken: tokensExample.refreshToken },
    answers: { 200: { description: 'A new pair', schema: Tokens, example: tokensExample } },
    refusals: ['refresh-token-reused', ['token-invalid', 401]],
    handle: async (request) => ({ status: 200, body: await refreshSession(deps, request.body.refreshToken, clientOf(request)), headers }),
  });

const logout = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/logout',
    operationId: 'logout',
    tag,
    summary: 'Sign out, here or everywhere',
    description: 'The access token stops working at once, on every service and open WebSocket.',
    admission: 'session',
    body: LogoutRequest,
    bodyExample: { allDevices: false },
    answers: { 204: { description: 'Signed out' } },
    handle: async (request) => {
      const { userId, sessionId } = request.caller;
      // who sent it twice at once wanted what is so by now
      await endSessions(deps, userId, request.body.allDevices ? null : sessionId, clientOf(request));
      return { status: 204 };
    },
  });

const list = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/auth/sessions',
    operationId: 'listSessions',
    tag,
    summary: 'Where I am signed in, newest first',
    admission: 'session',
    query: SessionQuery,
    answers: { 200: { description: 'The sessions', schema: SessionPage, example: { items: [sessionExample], nextCursor: null } } },
    handle: async ({ caller, query }) => ({ status: 200, body: await listSessions(deps, caller, query) }),
  });

const revoke = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'delete',
    path: '/auth/sessions/:id',
    operationId: 'revokeSession',
    tag,
    summary: 'End one of my sessions',
    admission: 'session',
    params: z.strictObject({ id: z.string().max(128).meta({ description: 'Id of a session', example: sessionExample.id }) }),
    answers: { 204: { description: 'It has ended' } },
    refusals: ['not-found'],
    handle: async (request) => {
      if (!(await endSessions(deps, request.caller.userId, request.params.id, clientOf(request)))) throw notFound();
      return { status: 204 };
    },
  });
