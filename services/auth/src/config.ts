import { readEncryptionKeys } from '@commonpurse/shared/secrets';
import { refusingInProduction, secretVariable, variable } from '@commonpurse/shared/service';
import { z } from 'zod';
import { openSigningKey } from './keys/signing-key.ts';

const fields = z.object({
  JWT_PRIVATE_KEY: z
    .string()
    .refine(isSigningKey, 'is a P-256 private key in PEM (PKCS#8), newlines literal or \\n')
    .describe('what signs access tokens, as `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` prints it'),
  ENCRYPTION_KEYS: secretVariable.encryptionKeys().transform(readEncryptionKeys),
  TWO_FACTOR_ENABLED: variable.optionalFlag().optional(),
  /** Another name of the flag before. */
  '2FA_ENABLED': variable.optionalFlag().optional(),
  PUBLIC_URL: variable
    .url('http', 'https')
    .optional()
    .describe('where people reach the gateway, for links in mails lead there, such as https://purse.example'),
  RATE_LIMIT_AUTH: variable.authLimits(),
  NODE_ENV: variable.nodeEnv(),
});
const doubts = { RATE_LIMIT_AUTH: ({ RATE_LIMIT_AUTH }: z.output<typeof fields>) => RATE_LIMIT_AUTH === null };

/** The environment of auth. */
export const AuthConfig = refusingInProduction(fields, doubts);
export type AuthConfig = z.infer<typeof AuthConfig>;

/** The same where auth is started by itself: who starts it with the gateway knows where that one listens. */
export const AuthAloneConfig = refusingInProduction(fields, { ...doubts, PUBLIC_URL: ({ PUBLIC_URL }) => PUBLIC_URL === undefined });

function isSigningKey(pem: string): boolean {
  try {
    openSigningKey(pem);
    return true;
  } catch {
    return false;
  }
}
