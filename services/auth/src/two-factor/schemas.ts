import { z } from 'zod';
import { KnownPassword } from '../passwords/schemas.ts';
import { LoggedIn } from '../sessions/token-pair.ts';
import { recoveryCodesCount } from './recovery-code.ts';

const Code = z
  .string()
  .max(64)
  // apps show `123 456`
  .transform((typed) => typed.replaceAll(/\s/g, ''))
  .meta({ override: { type: 'string', maxLength: 64 }, description: 'A code of the app, or a recovery code', example: '492039' });

export const PasswordRequest = z.strictObject({ password: KnownPassword });
export const BothFactorsRequest = z.strictObject({ password: KnownPassword, code: Code });
export const VerifyCodeRequest = z.strictObject({
  code: Code,
  challengeToken: z.string().max(4096).optional().meta({ description: 'Of the login that this ends; absent to confirm enrolment' }),
});

export const EnrolmentView = z.strictObject({
  secret: z.string().meta({ description: 'The seed in base32, to be typed into an app' }),
  otpauthUrl: z.string().meta({ description: 'The same as a link that apps open' }),
  qrCode: z.string().meta({ description: 'The same as an SVG data URL, to be scanned' }),
});
export const RecoveryCodes = z.strictObject({
  recoveryCodes: z.array(z.string()).length(recoveryCodesCount).meta({ description: 'Each is good once; they are shown this once' }),
});
export const Verified = z.union([LoggedIn, RecoveryCodes]);

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
export const enrolmentExample = {
  secret,
  otpauthUrl: `otpauth://totp/Commonpurse:ada%40example.com?secret=${secret}&issuer=Commonpurse`,
  qrCode: 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=',
};
export const recoveryCodesExample = {
  recoveryCodes: [
    'k3fm-9x2p-7hqa-0w5d',
    'b1nz-t4c8-yr6e-m2js',
    '5gqw-hd0a-3vkx-9fpt',
    'e7rm-2bnc-8ysj-4z1h',
    'w6ka-x0dv-5tqf-p3gm',
    '9jnb-c2re-zh7s-1y4k',
    'q8xt-5wmd-0afg-v6pn',
    '3hke-j9sb-r1cz-7t2y',
    'v4pa-6dqn-kx8w-g0mf',
    'z2sj-1th9-e5yb-c7rk',
  ],
};
export const challengeExample = 'Zk3vW9tLr4gq2X0Yb1mC8sHn6pAeZiUxOjYtE5XbT0o';
