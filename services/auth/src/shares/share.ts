import { isDeepStrictEqual } from 'node:util';
import type { Grant, ShareAccess, ShareScope } from '@commonpurse/shared/contracts';
import type { CollectionDeclaration, Doc, Draft } from '@commonpurse/shared/documents';

/** What its owner decides about a share. */
export interface ShareTerms {
  readonly access: ShareAccess;
  readonly scope: ShareScope;
  /** Instant; null: for ever. */
  readonly expiresAt: string | null;
}

/** Whom a share is for. */
export interface Grantee {
  /** As typed, without blanks around it. */
  readonly email: string;
  /** What addresses are compared by. */
  readonly address: string;
  /** The person it has reached; null while nobody has shown that the address is theirs. */
  readonly id: string | null;
}

/** A share, whole. What a grantee may see is recomputed from the living shares into their account: see settle-share.ts. */
export interface Share extends Doc, ShareTerms {
  readonly ownerId: string;
  readonly granteeEmail: string;
  readonly granteeAddress: string;
  readonly granteeId: string | null;
  /** The owner named the grantee by id: only then a share shows it. */
  readonly showsId: boolean;
  readonly createdAt: string;
  /** Since when its grantee holds this scope; absent where it was written before that was kept. */
  readonly since?: string;
  /** Taken back or left since then; absent while it holds. */
  readonly endedAt?: string;
  /** Raised by what clients see; its ETag. An invitation that reaches somebody leaves it: it would tell who is registered. */
  readonly shareVersion: number;
  /** Raised by what others are told; numbers the events. */
  readonly toldVersion: number;
  /** Of the parsed input, where an idempotency key was sent; then also what was first asked for, and what its owner was called. */
  readonly fingerprint?: string;
  readonly first?: ShareTerms;
  readonly ownerNameFirst?: string;
}
export type ShareDraft = Draft<Share>;

export const sharesCollection: CollectionDeclaration = {
  name: 'shares',
  indexes: [
    { name: 'by-owner', fields: ['ownerId', 'endedAt', 'createdAt', '_id'] },
    { name: 'by-grantee', fields: ['granteeId', 'endedAt', 'createdAt', '_id'] },
    { name: 'by-address', fields: ['granteeAddress', 'granteeId', 'endedAt'] },
  ],
};

/** Of the living scopes that one owner gives one person, as JSON. An account holds eight times as much (settle-share.ts), so nobody fills it alone. */
export const bytesToOneMax = 64 * 1024;
export const bytesOf = (scope: ShareScope): number => Buffer.byteLength(JSON.stringify(scope));

export const termsOf = ({ access, scope, expiresAt }: ShareTerms): ShareTerms => ({ access, scope, expiresAt });

interface ShareOrigin {
  readonly id: string;
  readonly ownerId: string;
  readonly grantee: Grantee;
  readonly showsId: boolean;
  readonly at: string;
}

/** Version 1. */
export const newShare = (terms: ShareTerms, { id, ownerId, grantee, showsId, at }: ShareOrigin): ShareDraft => ({
  _id: id,
  version: 1,
  ...termsOf(terms),
  ownerId,
  granteeEmail: grantee.email,
  granteeAddress: grantee.address,
  granteeId: grantee.id,
  showsId,
  createdAt: at,
  since: at,
  shareVersion: 1,
  toldVersion: 1,
});

/** As it was at version 1, for a repeated request, whatever has become of it since. */
export const firstShare = (share: Share): Share => ({ ...share, ...share.first, shareVersion: 1 });

const next = (share: Share, changes: Partial<ShareDraft>): ShareDraft => ({ ...share, ...changes, version: share.version + 1 });
const told = (share: Share, changes: Partial<ShareDraft>): ShareDraft => next(share, { ...changes, toldVersion: share.toldVersion + 1 });

/** What stays in scope is seen as long as it was before. */
export const changedShare = (share: Share, terms: ShareTerms, at: string): ShareDraft =>
  told(share, {
    ...termsOf(terms),
    ...(isDeepStrictEqual(share.scope, terms.scope) ? {} : { since: at }),
    shareVersion: share.shareVersion + 1,
    ...(share.fingerprint === undefined ? {} : { first: share.first ?? termsOf(share) }),
  });

export const endedShare = (share: Share, at: string): ShareDraft => told(share, { endedAt: at, shareVersion: share.shareVersion + 1 });

/** It has expired, which nobody need be told: from then on it is not among those that hold. */
export const expiredShare = (share: Share): ShareDraft => next(share, { endedAt: share.expiresAt ?? share.createdAt });

/** It has reached somebody: its address is theirs. */
export const boundShare = (share: Share, granteeId: string, at: string): ShareDraft => told(share, { granteeId, since: at });

/** Nothing but a durable write. */
export const rewrittenShare = (share: Share): ShareDraft => next(share, {});

/** Whether it holds at this instant. What is over never comes back. */
export const isLiving = ({ endedAt, expiresAt }: Pick<Share, 'endedAt' | 'expiresAt'>, nowMs: number): boolean =>
  endedAt === undefined && (expiresAt === null || nowMs < Date.parse(expiresAt));

/** As it lies with its grantee. */
export const grantOf = (share: Share): Grant => ({
  shareId: share._id,
  version: share.shareVersion,
  ownerId: share.ownerId,
  ...(share.since === undefined ? {} : { since: share.since }),
  ...termsOf(share),
});
