import { z } from 'zod';
import { MailedToken, Password } from '../accounts/schemas.ts';

/** A password that is compared: no rule is asked of it. */
export const KnownPassword = z.string().min(1).max(1024).meta({ example: 'a purse full of 7 coins' });

export const ResetPasswordRequest = z.strictObject({ token: MailedToken, password: Password });
export const ChangePasswordRequest = z.strictObject({ currentPassword: KnownPassword, newPassword: Password });
