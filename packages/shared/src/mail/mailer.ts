/** A mail's content; both parts say the same. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Mail extends MailText {
  /** Names the mail: one that is sent again under the same id has the same Message-ID, so that a mailbox can tell. Default: a new one. */
  readonly id?: string;
  /** When it was promised (instant): its date, and the beginning of its file's name, so that sent again it is the same file. Default: now. */
  readonly at?: string;
  /** One address. */
  readonly to: string;
}

export interface Mailer {
  /** Resolves when the mail is in other hands for good: accepted by the SMTP server, or durably in its file. Rejects with
   *  `MailRefused` when it never will be, with `MailDeferred` when this one is worth another try, with `MailUnavailable` when no mail goes for now. */
  send(mail: Mail): Promise<void>;
}
export interface OpenMailer extends Mailer {
  /** Lets go of kept connections. */
  close(): void;
}

/** The address, or the server's answer to it or to the content, says that trying again is no use. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}
/** A no to this address or this content, for now; another mail may well be taken. */
export class MailDeferred extends Error {
  override readonly name = 'MailDeferred';
}
/** There is no server, or it wants nothing from us, or the folder can't be written: another mail would fare no better. */
export class MailUnavailable extends Error {
  override readonly name: string = 'MailUnavailable';
}
/** The server fell silent in the middle of it: it may have taken the mail, and each try soon after may be one copy more. */
export class MailUnanswered extends MailUnavailable {
  override readonly name = 'MailUnanswered';
}

/** Throws `MailRefused` where a field could end a header line, or name more than one receiver. */
export function checkMail(mail: Mail): void {
  if (/[\r\n\0]/.test(mail.to) || /[\r\n\0]/.test(mail.subject)) throw new MailRefused('a header of a mail is one line');
  if (mail.id !== undefined && !/^[\w-]{1,100}$/.test(mail.id)) throw new MailRefused('the id of a mail is one word');
  if (!/^[^\s<>,;:"()[\]\\@]+@[^\s<>,;:"()[\]\\@]+$/.test(mail.to)) throw new MailRefused('a mail goes to one plain address');
}
