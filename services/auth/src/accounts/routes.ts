import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import { clientOf } from '../client.ts';
import { requestRegistration } from './register-account.ts';
import { requestLink } from './request-link.ts';
import {
  ForgotPasswordRequest,
  RegisterRequest,
  ResendVerificationRequest,
  ResetSent,
  VerificationSent,
  Verified,
  VerifyEmailRequest,
} from './schemas.ts';
import { verifyEmail } from './verify-email.ts';

const tag = 'Auth';
const sent = { status: 'verification-sent' };
const resetSent = { status: 'reset-sent' };

export const accountRoutes = (deps: AuthDeps): Endpoint[] => [register(deps), verify(deps), resend(deps), forgot(deps)];

const register = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/register',
    operationId: 'register',
    tag,
    summary: 'Open an account',
    description:
      'The answer is the same, and takes the same time, whether or not the address has an account; a mail to it says which. Registering an unverified address again replaces what was pending.',
    admission: 'open',
    body: RegisterRequest,
    bodyExample: {
      email: 'ada@example.com',
      password: 'a purse full of 7 coins',
      displayName: 'Ada Lovelace',
      baseCurrency: 'EUR',
      locale: 'en',
      timeZone: 'Europe/Vienna',
    },
    answers: { 202: { description: 'A mail is on its way', schema: VerificationSent, example: sent } },
    refusals: ['rate-limited'],
    handle: async (request) => {
      const { email, password, displayName, baseCurrency, locale, timeZone } = request.body;
      const name = displayName ?? email.slice(0, email.lastIndexOf('@'));
      const profile = { displayName: name, baseCurrency, locale, timeZone, monthStartDay: 1 };
      await requestRegistration(deps, { email, password, profile }, clientOf(request));
      return { status: 202, body: sent };
    },
  });

const verify = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/verify-email',
    operationId: 'verifyEmail',
    tag,
    summary: 'Confirm an address with the token that was mailed to it',
    admission: 'open',
    body: VerifyEmailRequest,
    bodyExample: { token: 'q2X0Yb1mC8sZk3vW9tLr4g' },
    answers: { 200: { description: 'The account can be used', schema: Verified, example: { status: 'verified' } } },
    refusals: ['token-invalid'],
    handle: async (request) => {
      await verifyEmail(deps, request.body.token, clientOf(request));
      return { status: 200, body: { status: 'verified' } };
    },
  });

const resend = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/resend-verification',
    operationId: 'resendVerification',
    tag,
    summary: 'Mail another verification link',
    description:
      'Always 202. A mail goes out only to an address that waits for its verification, at most once a minute; its token ends older ones.',
    admission: 'open',
    body: ResendVerificationRequest,
    bodyExample: { email: 'ada@example.com' },
    answers: { 202: { description: 'If a mail is due, it is on its way', schema: VerificationSent, example: sent } },
    handle: async (request) => {
      await requestLink(deps, { purpose: 'verify-email', email: request.body.email }, clientOf(request));
      return { status: 202, body: sent };
    },
  });

const forgot = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/forgot-password',
    operationId: 'forgotPassword',
    tag,
    summary: 'Mail a link that sets a new password',
    description:
      'Always 202, in the same time. A mail goes out only to an address that has an account, at most once a minute; its link works once, for 30 minutes, and ends older ones.',
    admission: 'open',
    body: ForgotPasswordRequest,
    bodyExample: { email: 'ada@example.com' },
    answers: { 202: { description: 'If there is such an account, a mail is on its way', schema: ResetSent, example: resetSent } },
    handle: async (request) => {
      await requestLink(deps, { purpose: 'reset-password', email: request.body.email }, clientOf(request));
      return { status: 202, body: resetSent };
    },
  });
