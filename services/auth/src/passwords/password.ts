import { Refusal } from '@commonpurse/shared/http';

/** The rules for new passwords (NIST SP 800-63B, section 3.1.1.2): length, not a frequent one, not one's own address; nothing about
 *  what characters it is made of. */
const codePointsMin = 12;
const codePointsMax = 64;
/** bcrypt looks at no more; a longer password is refused rather than cut. */
const bytesMax = 72;
/** A local part shorter than this is in too many words to be held against a password. */
const localPartMin = 4;

type PasswordFault = 'password-too-short' | 'password-too-long' | 'password-too-common' | 'password-contains-email';

export const faultMessages: Readonly<Record<PasswordFault, string>> = {
  'password-too-short': `Use at least ${codePointsMin} characters`,
  'password-too-long': `Use at most ${codePointsMax} characters, and at most ${bytesMax} bytes in UTF-8`,
  'password-too-common': 'This is one of the passwords that are tried first; use another one',
  'password-contains-email': 'Leave your address out of your password',
};

/** The form that is checked, hashed and compared: what looks the same is the same, whatever keyboard it was typed on. */
export const normalisedPassword = (typed: string): string => typed.normalize('NFC');

/** Whether bcrypt would see all of it. */
export const fitsBcrypt = (password: string): boolean => Buffer.byteLength(password) <= bytesMax;

/** Everything that is wrong with a new password, [] when it is fine. `password` is normalised; `isFrequent` is asked in lower case. */
export function passwordFaults(password: string, email: string, isFrequent: (lowered: string) => boolean): PasswordFault[] {
  const length = Array.from(password).length;
  const lowered = password.toLowerCase();
  const checks: readonly (readonly [PasswordFault, boolean])[] = [
    ['password-too-short', length < codePointsMin],
    ['password-too-long', length > codePointsMax || !fitsBcrypt(password)],
    ['password-too-common', isFrequent(lowered)],
    ['password-contains-email', containsAddress(lowered, email)],
  ];
  return checks.filter(([, broken]) => broken).map(([fault]) => fault);
}

/** @param path of the field it came in
 *  @throws Refusal 400 that names every rule a new password breaks */
export function checkPassword(path: string, password: string, email: string, isFrequent: (lowered: string) => boolean): void {
  const faults = passwordFaults(password, email, isFrequent);
  if (faults.length === 0) return;
  const errors = faults.map((code) => ({ path, code, message: faultMessages[code] }));
  throw new Refusal('validation-failed', faultMessages[faults[0]!], { errors });
}

function containsAddress(lowered: string, email: string): boolean {
  const address = email.trim().toLowerCase().normalize('NFC');
  const local = address.slice(0, address.lastIndexOf('@'));
  return lowered.includes(address) || (Array.from(local).length >= localPartMin && lowered.includes(local));
}

/** Of somebody who is signed in: with 401 a client would refresh its tokens. */
export const wrongPassword = (): Refusal => new Refusal('invalid-credentials', 'Wrong password', { status: 403 });
