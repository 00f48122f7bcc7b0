import type { ShareView } from '@commonpurse/shared/contracts';
import { type Share, termsOf } from './share.ts';

export const shareView = (share: Share, ownerName: string): ShareView => ({
  id: share._id,
  ownerId: share.ownerId,
  ownerName,
  granteeEmail: share.granteeEmail,
  ...(share.showsId && share.granteeId !== null ? { granteeId: share.granteeId } : {}),
  ...termsOf(share),
  createdAt: share.createdAt,
  version: share.shareVersion,
});
