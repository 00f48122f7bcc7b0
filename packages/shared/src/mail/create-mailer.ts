import { randomUUID } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { SendMailOptions } from 'nodemailer';
import type { Clock } from '../service/clock.ts';
import { instantOf } from '../service/clock.ts';
import { checkMail, MailDeferred, MailRefused, MailUnanswered, MailUnavailable } from './mailer.ts';
import type { Mail, OpenMailer } from './mailer.ts';

export interface MailerOptions {
  /** `smtp://` or `smtps://`, with credentials where needed. Absent: mails become files in `directory`. */
  readonly smtpUrl?: string | undefined;
  readonly directory?: string | undefined;
  /** `Name <address>` or an address. */
  readonly from: string;
  readonly clock: Clock;
}

/** Sends by SMTP, or writes one RFC 5322 file per mail, `<instant>-<id>.eml`, which appears whole or not at all. */
export function createMailer({ smtpUrl, directory, from, clock }: MailerOptions): OpenMailer {
  if (smtpUrl !== undefined) return smtpMailer(smtpUrl, from, clock);
  if (directory === undefined) throw new Error('a mailer needs a server or a folder');
  return fileMailer(directory, from, clock);
}

type NamedMail = Mail & Required<Pick<Mail, 'id' | 'at'>>;

const optionsOf = (mail: NamedMail, from: string): SendMailOptions => ({
  messageId: `<${mail.id}@commonpurse>`,
  from,
  to: { name: '', address: mail.to },
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  date: new Date(mail.at),
  // Nothing in a mail may make us read a file or fetch a URL.
  disableFileAccess: true,
  disableUrlAccess: true,
});

function named(mail: Mail, clock: Clock): NamedMail {
  checkMail(mail);
  return { ...mail, id: mail.id ?? randomUUID(), at: mail.at ?? instantOf(clock) };
}

function smtpMailer(url: string, from: string, clock: Clock): OpenMailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 3,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  });
  return {
    send: async (mail) => {
      const options = optionsOf(named(mail, clock), from);
      try {
        await transport.sendMail(options);
      } catch (error) {
        throw failureOf(error as SmtpFailure, `the mail server: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    close: () => transport.close(),
  };
}

/** What the server said no to, and with which code; neither where it said nothing, but then how far we had come. */
interface SmtpFailure {
  readonly command?: string;
  readonly responseCode?: number;
  readonly code?: string;
  readonly syscall?: string;
  readonly timeoutType?: string;
}
const aboutMail = ['RCPT TO', 'DATA'];
/** It serves nobody for now, whatever it was asked. */
const closing = 421;

/** What the server's no is about. One that comes before the receiver is named is about us, our password or our sender: it would be said to every mail
 *  until an operator has mended that, and none must be given up for it. */
function failureOf(failure: SmtpFailure, message: string): Error {
  const { command = '', responseCode } = failure;
  if (responseCode === undefined) return isBeforeMail(failure) ? new MailUnavailable(message) : new MailUnanswered(message);
  if (responseCode === closing || !aboutMail.includes(command)) return new MailUnavailable(message);
  return responseCode >= 500 ? new MailRefused(message) : new MailDeferred(message);
}

const beforeMail = ['EDNS', 'EAUTH', 'ETLS', 'CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT'];

/** Whether it ended before the server can have heard of the mail. */
const isBeforeMail = ({ code = '', timeoutType = '', syscall }: SmtpFailure): boolean =>
  syscall === 'connect' || beforeMail.includes(code) || beforeMail.includes(timeoutType);

function fileMailer(directory: string, from: string, clock: Clock): OpenMailer {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    send: async (mail) => {
      const one = named(mail, clock);
      const { message } = await composer.sendMail(optionsOf(one, from));
      const name = `${one.at.replaceAll(':', '-')}-${one.id}.eml`;
      try {
        await writeWhole(directory, name, message as Buffer);
      } catch (error) {
        throw new MailUnavailable(`the mail folder: ${(error as Error).message}`);
      }
    },
    close: () => composer.close(),
  };
}

async function writeWhole(directory: string, name: string, bytes: Buffer): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const aside = join(directory, `.${name}.tmp`);
  // What a crash left under this name is written over.
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, join(directory, name));
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
