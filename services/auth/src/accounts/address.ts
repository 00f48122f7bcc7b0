import { z } from 'zod';

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
/** A mailbox as people have them: a dot-string of RFC 5321, at most 64 characters, at a domain with at least one dot; 254 in all. */
const mailbox = new RegExp(
  `^(?=.{3,254}$)(?=[^@]{1,64}@)${atom}(?:\\.${atom})*@(?:${label}\\.)+[A-Za-z]${label.slice('[A-Za-z0-9]'.length)}$`,
);

/** An address as it came: blanks around it taken off, otherwise as typed. */
export const EmailAddress = z
  .string()
  .trim()
  .regex(mailbox, 'This is not an e-mail address')
  .meta({ override: { type: 'string', format: 'email', maxLength: 254 }, example: 'ada@example.com' });

/** What addresses are compared by, and the id of an address's claim. */
export const addressId = (email: string): string => `email:${email.trim().toLowerCase()}`;
