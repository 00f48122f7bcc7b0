import { NameField } from '@commonpurse/shared/contracts';
import { listParameters, pageOf } from '@commonpurse/shared/http';
import { z } from 'zod';
import { EmailAddress } from '../accounts/address.ts';
import { KnownPassword } from '../passwords/schemas.ts';
import { exampleSessionId, LoggedIn } from './token-pair.ts';

const DeviceName = NameField.meta({ description: 'Shown in the list of sessions', example: 'Phone' });

export const LoginRequest = z.strictObject({
  email: EmailAddress,
  password: KnownPassword,
  deviceName: DeviceName.optional(),
});
export const RefreshRequest = z.strictObject({ refreshToken: z.string().max(4096) });
export const LogoutRequest = z.strictObject({
  allDevices: z.boolean().default(false).meta({ description: 'Ends every session, not only this one' }),
});

export const LoginAnswer = z.union([
  LoggedIn,
  z.strictObject({
    twoFactorRequired: z.literal(true),
    challengeToken: z.string().meta({ description: 'For `POST /auth/verify-2fa`, once' }),
    expiresIn: z.int().positive().meta({ description: 'Seconds until the login is over' }),
  }),
]);

const instant = z.iso.datetime({ precision: 3 });
export const SessionView = z.strictObject({
  id: z.string(),
  deviceName: z.string().nullable(),
  createdAt: instant,
  lastUsedAt: instant.meta({ description: 'When it last signed in or refreshed its tokens' }),
  ip: z.string(),
  current: z.boolean().meta({ description: 'The session that asks' }),
});
export type SessionView = z.infer<typeof SessionView>;
export const SessionPage = pageOf(SessionView);
export const SessionQuery = z.strictObject(listParameters);

export const sessionExample = {
  id: exampleSessionId,
  deviceName: 'Phone',
  createdAt: '2026-01-15T12:00:00.000Z',
  lastUsedAt: '2026-01-15T12:14:30.000Z',
  ip: '203.0.113.7',
  current: true,
};
