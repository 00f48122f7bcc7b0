import { type Answer, type Endpoint, endpoint } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import { clientOf } from '../client.ts';
import { profileView } from '../profile/profile-view.ts';
import { loggedInExample } from '../sessions/token-pair.ts';
import { beginEnrolment } from './begin-enrolment.ts';
import { completeLogin } from './complete-login.ts';
import { confirmEnrolment } from './confirm-enrolment.ts';
import { endTwoFactor, replaceRecoveryCodes } from './end-two-factor.ts';
import {
  BothFactorsRequest,
  challengeExample,
  enrolmentExample,
  EnrolmentView,
  PasswordRequest,
  RecoveryCodes,
  recoveryCodesExample,
  Verified,
  VerifyCodeRequest,
} from './schemas.ts';

const tag = 'Auth';
/** Secrets are for whoever asked, not for what lies in between. */
const headers = { 'Cache-Control': 'no-store' };
const bothFactors = { password: 'a purse full of 7 coins', code: '492039' };

export const twoFactorRoutes = (deps: AuthDeps): Endpoint[] => [enable(deps), verify(deps), disable(deps), recoveryCodes(deps)];

const enable = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/enable-2fa',
    operationId: 'enableTwoFactor',
    tag,
    summary: 'Begin to switch on two-factor login',
    description:
      'Gives the secret for an authenticator app (TOTP: SHA-1, 6 digits, 30 s). It is not active until `POST /auth/verify-2fa` has seen a code of it; asking again gives another secret.',
    admission: 'session',
    body: PasswordRequest,
    bodyExample: { password: bothFactors.password },
    answers: { 200: { description: 'The secret, shown once', schema: EnrolmentView, example: enrolmentExample } },
    refusals: [['invalid-credentials', 403], 'feature-disabled', 'two-factor-enabled'],
    handle: async (request) => {
      const body = await beginEnrolment(deps, request.caller, request.body.password, clientOf(request));
      return { status: 200, body, headers };
    },
  });

const verify = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/verify-2fa',
    operationId: 'verifyTwoFactor',
    tag,
    summary: 'End a login with a code, or confirm enrolment',
    description:
      'With `challengeToken`: ends the login that answered `twoFactorRequired`; a recovery code will do. A challenge lives for 5 minutes, serves one login and ends with the fifth wrong code. Without it, and with `Authorization: Bearer`: the first code switches two-factor login on and gives the recovery codes; a wrong one is then 403.',
    admission: 'open',
    body: VerifyCodeRequest,
    bodyExample: { code: '492039', challengeToken: challengeExample },
    answers: { 200: { description: 'Signed in; or the recovery codes', schema: Verified, example: loggedInExample } },
    refusals: [
      'invalid-code',
      'challenge-invalid',
      'unauthenticated',
      'insufficient-scope',
      ['invalid-code', 403],
      'account-disabled',
      'feature-disabled',
      'two-factor-enabled',
      'two-factor-disabled',
    ],
    handle: async (request): Promise<Answer> => {
      const { code, challengeToken } = request.body;
      const client = clientOf(request);
      if (challengeToken === undefined) {
        const caller = await deps.signedIn(request.raw, request.requestId);
        return { status: 200, body: { recoveryCodes: await confirmEnrolment(deps, caller, code, client) }, headers };
      }
      const { tokens, user } = await completeLogin(deps, { code, challengeToken }, client);
      return { status: 200, body: { ...tokens, user: profileView(user) }, headers };
    },
  });

const disable = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/disable-2fa',
    operationId: 'disableTwoFactor',
    tag,
    summary: 'Switch off two-factor login',
    admission: 'session',
    body: BothFactorsRequest,
    bodyExample: bothFactors,
    answers: { 204: { description: 'A password is enough from now on' } },
    refusals: [['invalid-credentials', 403], ['invalid-code', 403], 'two-factor-disabled'],
    handle: async (request) => {
      await endTwoFactor(deps, request.caller, request.body, clientOf(request));
      return { status: 204 };
    },
  });

const recoveryCodes = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/recovery-codes',
    operationId: 'replaceRecoveryCodes',
    tag,
    summary: 'Get a fresh set of recovery codes',
    description: 'The old ones die.',
    admission: 'session',
    body: BothFactorsRequest,
    bodyExample: bothFactors,
    answers: { 200: { description: 'The codes, shown once', schema: RecoveryCodes, example: recoveryCodesExample } },
    refusals: [['invalid-credentials', 403], ['invalid-code', 403], 'two-factor-disabled'],
    handle: async (request) => {
      const codes = await replaceRecoveryCodes(deps, request.caller, request.body, clientOf(request));
      return { status: 200, body: { recoveryCodes: codes }, headers };
    },
  });
