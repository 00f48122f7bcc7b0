import type { MailText } from '@commonpurse/shared/mail';
import type { Clock } from '@commonpurse/shared/service';
import { isGood, tokenHash, tokenOfMail, type TokenPurpose } from '../accounts/mail-token.ts';
import type { User } from '../accounts/user.ts';
import { accountExistsMail, resetPasswordMail, verifyEmailMail } from './mail.ts';
import type { QueuedMail } from './mail-queue.ts';

const pages: Readonly<Record<TokenPurpose, { path: string; mail: (name: string | null, link: string) => MailText }>> = {
  'verify-email': { path: '/verify-email', mail: verifyEmailMail },
  'reset-password': { path: '/reset-password', mail: resetPasswordMail },
};

interface Letterhead {
  readonly tokenKey: Buffer;
  readonly publicUrl: () => string;
  readonly clock: Clock;
}

/** What each promised mail says at the moment it is sent. Links lead to PUBLIC_URL, never to where a request claimed to come in. */
export const letters =
  ({ tokenKey, publicUrl, clock }: Letterhead) =>
  (user: User, mail: QueuedMail): MailText | null => {
    // Until the address is verified anybody may have chosen the name: it would be their words in a mail to whomever they like.
    const name = user.verifiedAt === null ? null : user.profile.displayName;
    if (mail.kind === 'account-exists') return accountExistsMail(name, `${publicUrl()}/login`);
    const token = tokenOfMail(tokenKey, mail.kind, mail.id);
    // Used or replaced meanwhile, or too old: the link would only say so.
    if (!isGood(user.tokens, mail.kind, tokenHash(token), clock.now())) return null;
    const { path, mail: textOf } = pages[mail.kind];
    return textOf(name, `${publicUrl()}${path}?token=${token}`);
  };
