import { createHmac, hash } from 'node:crypto';
import { Refusal } from '@commonpurse/shared/http';

export type TokenPurpose = 'verify-email' | 'reset-password';

/** A token that was mailed, as it is kept: by its hash, for one purpose, once. */
export interface MailToken {
  readonly purpose: TokenPurpose;
  /** SHA-256, hex. */
  readonly hash: string;
  readonly expiresAt: string;
}

export const tokenLifetimeMs: Readonly<Record<TokenPurpose, number>> = {
  'verify-email': 24 * 60 * 60 * 1000,
  'reset-password': 30 * 60 * 1000,
};

export const tokenHash = (token: string): string => hash('sha256', token, 'hex');

/** The token that a mail carries: derived from the mail's id, so that the token itself is stored nowhere and a mail that is sent again
 *  after a crash carries the same one. 128 bits, base64url, behind a letter that is no hexadecimal digit: of `token=3D...` a program that takes
 *  every mail for quoted-printable would decode the beginning. */
export const tokenOfMail = (key: Buffer, purpose: TokenPurpose, mailId: string): string =>
  `t${createHmac('sha256', key).update(`${purpose} ${mailId}`).digest().subarray(0, 16).toString('base64url')}`;

/** The tokens with this one in place of the purpose's last. */
export const withToken = (tokens: readonly MailToken[], token: MailToken): readonly MailToken[] => [
  ...tokens.filter(({ purpose }) => purpose !== token.purpose),
  token,
];

/** Whether this token is there and still good. */
export const isGood = (tokens: readonly MailToken[], purpose: TokenPurpose, tokenHashed: string, nowMs: number): boolean =>
  tokens.some((token) => token.purpose === purpose && token.hash === tokenHashed && Date.parse(token.expiresAt) > nowMs);

export const tokenInvalid = (): Refusal =>
  new Refusal('token-invalid', 'This link was used before, replaced by a newer one, or is too old');
