import type { Grant } from '@commonpurse/shared/contracts';
import type { Doc } from '@commonpurse/shared/documents';
import type { KnownDevice } from '../sessions/device.ts';
import type { Session } from '../sessions/session.ts';
import type { QueuedMail } from '../mails/mail-queue.ts';
import type { ApiKey } from '../api-keys/api-key.ts';
import type { Challenge } from '../two-factor/challenge.ts';
import type { TwoFactor } from '../two-factor/two-factor.ts';
import type { MailToken } from './mail-token.ts';

/** How a person wants to be called, and sees money and time. */
export interface Profile {
  readonly displayName: string;
  readonly baseCurrency: string;
  readonly locale: string;
  readonly timeZone: string;
  readonly monthStartDay: number;
}

/** An account, whole: who, how to get in, where they are in, what waits to be mailed. One decision is one write of it. */
export interface User extends Doc {
  /** As typed, without blanks around it. */
  readonly email: string;
  /** null: registered, and nobody has shown yet that the address is theirs. To all other services there is no such person. */
  readonly verifiedAt: string | null;
  readonly status: 'active' | 'disabled';
  readonly role: 'user' | 'admin';
  /** The last decision of an administrator that this account has heard, by its number. */
  readonly standingDecision?: number;
  readonly passwordHash: string;
  readonly profile: Profile;
  /** `searchKeys`. Absent from accounts that are older than the search, until the next start. */
  readonly search?: readonly string[];
  /** Raised by what GET /users/profile shows; its ETag. Signing in elsewhere leaves it. */
  readonly profileVersion: number;
  /** Raised by what other services know of the person (`PersonState`); their stamp. 0 until verified. */
  readonly personVersion: number;
  readonly createdAt: string;
  /** At most one of a purpose: a new one ends the one before. */
  readonly tokens: readonly MailToken[];
  readonly sessions: readonly Session[];
  /** null and absent: a password is enough. */
  readonly twoFactor?: TwoFactor | null;
  /** Logins that wait for a code. */
  readonly challenges?: readonly Challenge[];
  /** For programs. Absent: none. */
  readonly apiKeys?: readonly ApiKey[];
  /** Networks from which a login succeeded lately. */
  readonly devices: readonly KnownDevice[];
  /** Mails that were promised and not handed over yet. */
  readonly mails: readonly QueuedMail[];
  /** What others share with them, and whom they share with: recomputed from the shares (`shares/`), never changed by themselves. */
  readonly grants?: readonly Grant[];
  readonly sharedWith?: readonly string[];
  /** When a throttled mail of the kind was last promised. */
  readonly mailedAt: { readonly [kind: string]: string | undefined };
}

/** What of an account a decision may change; versions follow by themselves. */
export type UserChange = Partial<Omit<User, keyof Doc | 'profileVersion' | 'personVersion' | 'createdAt'>>;
