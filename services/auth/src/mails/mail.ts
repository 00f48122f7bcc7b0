import { escapeHtml, type MailText } from '@commonpurse/shared/mail';

/** The mail that asks the owner of an address to confirm it.
 *  @param link carries the token; good for 24 h, once */
export const verifyEmailMail = (name: string | null, link: string): MailText =>
  letter(name, 'Confirm your address', [
    'somebody, most likely you, opened a Commonpurse account\nwith this address. Please confirm that it is yours:',
    { link, label: 'Confirm my address' },
    'The link works once, for 24 hours.',
    'If it was not you, do nothing: without the link\nthe account can not be used.',
  ]);

/** The mail with which the owner of an account who forgot the password sets another one.
 *  @param link carries the token; good for 30 minutes, once */
export const resetPasswordMail = (name: string | null, link: string): MailText =>
  letter(name, 'Set a new password', [
    'somebody, most likely you, forgot the password of your\nCommonpurse account. Set a new one here:',
    { link, label: 'Set a new password' },
    'The link works once, for 30 minutes. The new password\nsigns you out everywhere.',
    'If it was not you, do nothing: your password stays\nas it is.',
  ]);

/** Tells the owner of an account that somebody tried to open another one with their address. The answer of the request says nothing of it. */
export const accountExistsMail = (name: string | null, link: string): MailText =>
  letter(name, 'You already have an account', [
    'somebody, most likely you, tried to open a Commonpurse\naccount with this address. You have one already:',
    { link, label: 'Sign in' },
    'Nothing was changed. If it was not you, you need not\ndo anything.',
  ]);

type Paragraph = string | { readonly link: string; readonly label: string };

/** Short lines throughout, so that the mail travels as it is written and can be read without decoding.
 *  @param name null: nobody is called by a name */
function letter(name: string | null, subject: string, paragraphs: readonly Paragraph[]): MailText {
  const greeting = name === null ? 'Hello,' : `Hello ${name},`;
  const plain = paragraphs.map((part) => (typeof part === 'string' ? part : part.link));
  const rich = paragraphs.map((part) =>
    typeof part === 'string' ? `<p>${escapeHtml(part)}</p>` : `<p><a\nhref="${escapeHtml(part.link)}"\n>${escapeHtml(part.label)}</a></p>`,
  );
  return {
    subject,
    text: [greeting, ...plain, 'Commonpurse'].join('\n\n') + '\n',
    html: [
      '<!doctype html>',
      '<html lang="en">',
      `<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>`,
      '<body>',
      `<p>${escapeHtml(greeting)}</p>`,
      ...rich,
      '<p>Commonpurse</p>',
      '</body>',
      '</html>',
      '',
    ].join('\n'),
  };
}
