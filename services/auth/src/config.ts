import { readEncryptionKeys } from '@commonpurse/shared/secrets';
import { secretVariable, variable } from '@commonpurse/shared/service';
import { z } from 'zod';
import { openSigningKey } from './keys/signing-key.ts';

/** Failed logins a minute per account, and unauthenticated calls a minute per address (the gateway's half). */
const RateLimitAuth = z
  .string()
  .regex(/^(off|[1-9]\d{0,5},[1-9]\d{0,5})$/, 'is two numbers such as 10,60, or off')
  .prefault('10,60')
  .transform((text) => {
    if (text === 'off') return null;
    const [failuresPerMinute = 0, callsPerMinute = 0] = text.split(',').map(Number);
    return { failuresPerMinute, callsPerMinute };
  });

/** The environment of auth. */
export const AuthConfig = z
  .object({
    JWT_PRIVATE_KEY: z.string().refine(isSigningKey, 'is a P-256 private key in PEM (PKCS#8), newlines literal or \\n'),
    ENCRYPTION_KEYS: secretVariable.encryptionKeys().transform(readEncryptionKeys),
    TWO_FACTOR_ENABLED: variable.optionalFlag().optional(),
    /** Another name of the flag before. */
    '2FA_ENABLED': variable.optionalFlag().optional(),
    PUBLIC_URL: variable.url('http', 'https').prefault('http://localhost:8080'),
    RATE_LIMIT_AUTH: RateLimitAuth,
    NODE_ENV: variable.nodeEnv(),
  })
  .refine((config) => config.NODE_ENV !== 'production' || config.RATE_LIMIT_AUTH !== null, {
    path: ['RATE_LIMIT_AUTH'],
    error: 'off is not accepted in production',
  });
export type AuthConfig = z.infer<typeof AuthConfig>;

function isSigningKey(pem: string): boolean {
  try {
    openSigningKey(pem);
    return true;
  } catch {
    return false;
  }
}
