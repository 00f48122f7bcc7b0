import { issue } from '@commonpurse/shared/http';
import { z } from 'zod';
import { faultMessages } from '../passwords/password.ts';
import { BaseCurrency, DisplayName, Locale, TimeZone } from '../profile/profile.ts';
import { EmailAddress } from './address.ts';

const passwordUnitsMax = 1024;
/** A password on its way in. The rules are the use case's: they need to know the address. One so long that it would cost something to look at is
 *  told what the rules would say. */
export const Password = z
  .string()
  .refine(({ length }) => length <= passwordUnitsMax, issue('password-too-long', faultMessages['password-too-long']))
  .meta({
    description: '12 to 64 characters, at most 72 bytes in UTF-8; not a frequent one, not containing the address',
    example: 'a purse full of 7 coins',
  });

export const RegisterRequest = z.strictObject({
  email: EmailAddress,
  password: Password,
  displayName: DisplayName.optional(),
  baseCurrency: BaseCurrency.default('USD'),
  locale: Locale.default('en'),
  timeZone: TimeZone.default('UTC'),
});

export const MailedToken = z
  .string()
  .max(4096)
  .meta({ description: 'The `token` of the link that was mailed', example: 'q2X0Yb1mC8sZk3vW9tLr4g' });
export const VerifyEmailRequest = z.strictObject({ token: MailedToken });
export const ResendVerificationRequest = z.strictObject({ email: EmailAddress });
export const ForgotPasswordRequest = z.strictObject({ email: EmailAddress });

export const VerificationSent = z.strictObject({ status: z.literal('verification-sent') });
export const Verified = z.strictObject({ status: z.literal('verified') });
export const ResetSent = z.strictObject({ status: z.literal('reset-sent') });
