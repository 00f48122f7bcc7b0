import { ShareChanged } from '@commonpurse/shared/contracts';
import type { JsonObject, OutboxEntry } from '@commonpurse/shared/documents';
import { entryOf } from '@commonpurse/shared/messaging';
import type { Origin } from '../people/change-user.ts';
import { type Share, type ShareDraft, type ShareTerms, termsOf } from './share.ts';

export type ShareAction = ShareChanged['action'];

/** What the outbox keeps of a write: who did what, and the terms before and after it. */
export const shareEntry = (draft: ShareDraft, before: Share | null, action: ShareAction, origin: Origin, at: string): OutboxEntry =>
  entryOf(ShareChanged, {
    aggregateId: draft._id,
    version: draft.toldVersion,
    at,
    by: origin.by,
    requestId: origin.requestId,
    action,
    change: { before: before && shownTerms(before), after: draft.endedAt === undefined ? shownTerms(draft) : null },
  });

const shownTerms = (terms: ShareTerms): JsonObject => ({ ...termsOf(terms) });
