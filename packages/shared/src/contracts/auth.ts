import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { Currency, Id, Instant } from './shapes.ts';
import { Grant, ShareView } from './share.ts';

/** A person as every service mirrors them: who they are, what they may, how they see time and money. */
export const PersonState = z.strictObject({
  id: Id,
  /** Raised by every change of anything in here; also the person's stamp in the cache. */
  version: z.int().positive(),
  status: z.enum(['active', 'disabled']),
  role: z.enum(['user', 'admin']),
  email: z.string(),
  displayName: z.string(),
  locale: z.string(),
  timeZone: z.string(),
  baseCurrency: Currency,
  monthStartDay: z.int().min(1).max(28),
  /** The sessions that live: an access token whose `sid` is not here is revoked. `until` is the absolute end. */
  sessions: z.array(z.strictObject({ id: Id, until: Instant })),
  /** The API keys that live, named by the `sid` of the tokens they are exchanged for. `until` null: for good. Absent from what an older auth said. */
  keys: z.array(z.strictObject({ id: Id, until: Instant.nullable() })).default([]),
  /** What others share with them. One that has expired may still be in here: whoever asks judges by the time it is then. */
  grants: z.array(Grant),
  /** Whom they share something with. A hint of whom to tell; what these may see, their own grants say. */
  sharedWith: z.array(Id),
});
export type PersonState = z.infer<typeof PersonState>;

export const UserChanged = defineEvent(
  'user.changed',
  'auth',
  'A person is registered, or what others need to know of them has changed: whole, as of now.',
  PersonState,
);

/** By then every service already judges by it. `granteeId` null: it waits for somebody to show that the address is theirs. */
export const ShareChanged = defineEvent(
  'share.changed',
  'auth',
  'A share began to reach its grantee, was changed, was taken back by its owner or left by its grantee.',
  z.strictObject({
    action: z.enum(['granted', 'changed', 'revoked', 'left']),
    share: ShareView,
    granteeId: Id.nullable(),
    /** It holds no more. */
    ended: z.boolean(),
  }),
);
export type ShareChanged = z.infer<typeof ShareChanged.schema>;

/** Whoever keeps anything of theirs erases it, however often this is told. */
export const UserErased = defineEvent(
  'user.erased',
  'auth',
  'A person is gone, and everything of theirs has to go. Every service erases what it keeps by then; it does not refuse yet what comes later, nor erase what is parked. Nobody publishes it yet.',
  z.strictObject({ userId: Id }),
);
export type UserErased = z.infer<typeof UserErased.schema>;
