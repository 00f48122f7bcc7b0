import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../service/clock.ts';
import { refusingInProduction, variable } from '../service/load-config.ts';
import { makeFolder } from '../service/make-folder.ts';
import { createMailer } from './create-mailer.ts';
import type { OpenMailer } from './mailer.ts';

/** The environment of whoever sends mails. Without a server they become files under `DATA_DIR/mail`. */
export const MailConfig = refusingInProduction(
  z.object({
    SMTP_URL: variable.url('smtp', 'smtps').optional(),
    MAIL_FROM: z
      .string()
      .max(320, 'has at most 320 characters')
      .regex(/^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'is an address, or Commonpurse <no-reply@example.com>')
      .optional()
      .describe('whom mails come from, such as Commonpurse <no-reply@example.com>'),
    DATA_DIR: z
      .string()
      .prefault('./data')
      .transform((path) => resolve(path)),
    NODE_ENV: variable.nodeEnv(),
  }),
  { MAIL_FROM: ({ SMTP_URL, MAIL_FROM }) => SMTP_URL !== undefined && MAIL_FROM === undefined },
);
export type MailConfig = z.output<typeof MailConfig>;

/** Nobody can have this address, so a mail server may well refuse it. */
const fromNobody = 'Commonpurse <no-reply@commonpurse.invalid>';

/** Rejects, as `mkdir` or `access` does, where mails are to become files and the folder can't be had: later on nobody would see that none arrives. */
export async function openMailer({ SMTP_URL, MAIL_FROM = fromNobody, DATA_DIR }: MailConfig, clock: Clock): Promise<OpenMailer> {
  const directory = join(DATA_DIR, 'mail');
  if (SMTP_URL === undefined) {
    await makeFolder(directory, 0o700);
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  }
  return createMailer({ smtpUrl: SMTP_URL, directory, from: MAIL_FROM, clock });
}
