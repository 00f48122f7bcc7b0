import { listParameters, pageOf } from '@commonpurse/shared/http';
import { z } from 'zod';
import { EmailAddress } from '../accounts/address.ts';
import { ProfileView, profileExample } from '../profile/schemas.ts';

export const DeviceName = z.string().trim().min(1).max(100).meta({ description: 'Shown in the list of sessions', example: 'Phone' });

export const LoginRequest = z.strictObject({
  email: EmailAddress,
  password: z.string().min(1).max(1024).meta({ example: 'a purse full of 7 coins' }),
  deviceName: DeviceName.optional(),
});
export const RefreshRequest = z.strictObject({ refreshToken: z.string().max(4096) });
export const LogoutRequest = z.strictObject({
  allDevices: z.boolean().default(false).meta({ description: 'Ends every session, not only this one' }),
});

const pair = {
  accessToken: z.string().meta({ description: 'JWT (ES256) for `Authorization: Bearer`' }),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int().positive().meta({ description: 'Seconds until the access token expires' }),
  refreshToken: z.string().meta({ description: 'Good once, for the next pair' }),
};
export const Tokens = z.strictObject(pair);
export const LoggedIn = z.strictObject({ ...pair, user: ProfileView });

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

const exampleSession = 'c0f1c6d2-8f5e-4a1b-9d0e-5b6a7c8d9e0f';
export const tokensExample = {
  accessToken: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Im9LSXkifQ.eyJzdWIiOiIwMTk5In0.c2lnbmF0dXJl',
  tokenType: 'Bearer',
  expiresIn: 900,
  refreshToken: `${exampleSession}.1.5XbT0o2v1kq3mJ8yQn7rWc4sLd9fGh6pAeZiUxOjYtE`,
};
export const loggedInExample = { ...tokensExample, user: profileExample };
export const sessionExample = {
  id: exampleSession,
  deviceName: 'Phone',
  createdAt: '2026-01-15T12:00:00.000Z',
  lastUsedAt: '2026-01-15T12:14:30.000Z',
  ip: '203.0.113.7',
  current: true,
};
