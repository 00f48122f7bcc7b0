import { z } from 'zod';
import { profileExample, ProfileView } from '../profile/schemas.ts';

/** What a client gets to act with: an access token of 15 minutes, and the token for the next pair. */
export interface TokenPair {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
}

const pair = {
  accessToken: z.string().meta({ description: 'JWT (ES256) for `Authorization: Bearer`' }),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int().positive().meta({ description: 'Seconds until the access token expires' }),
  refreshToken: z.string().meta({ description: 'Good once, for the next pair' }),
};
export const Tokens = z.strictObject(pair);
export const LoggedIn = z.strictObject({ ...pair, user: ProfileView });

export const exampleSessionId = 'c0f1c6d2-8f5e-4a1b-9d0e-5b6a7c8d9e0f';
export const tokensExample = {
  accessToken: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Im9LSXkifQ.eyJzdWIiOiIwMTk5In0.c2lnbmF0dXJl',
  tokenType: 'Bearer',
  expiresIn: 900,
  refreshToken: `${exampleSessionId}.1.5XbT0o2v1kq3mJ8yQn7rWc4sLd9fGh6pAeZiUxOjYtE`,
};
export const loggedInExample = { ...tokensExample, user: profileExample };
