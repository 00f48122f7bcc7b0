import { tokenOfMail } from '../accounts/mail-token.ts';
import type { User } from '../accounts/user.ts';
import { accountExistsMail, type MailText, verifyEmailMail } from './mail.ts';
import type { QueuedMail } from './mail-queue.ts';

/** What each promised mail says at the moment it is sent. Links lead to PUBLIC_URL, never to where a request claimed to come in. */
export const letters =
  (tokenKey: Buffer, publicUrl: () => string) =>
  (user: User, mail: QueuedMail): MailText | null => {
    const { displayName } = user.profile;
    if (mail.kind === 'account-exists') return accountExistsMail(displayName, `${publicUrl()}/login`);
    // Verified meanwhile: the link would only say so.
    if (user.verifiedAt !== null) return null;
    return verifyEmailMail(displayName, `${publicUrl()}/verify-email?token=${tokenOfMail(tokenKey, 'verify-email', mail.id)}`);
  };
