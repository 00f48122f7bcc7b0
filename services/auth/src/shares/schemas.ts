import { ShareAccess, ShareScope, type ShareView } from '@commonpurse/shared/contracts';
import { listParameters } from '@commonpurse/shared/http';
import { z } from 'zod';
import { EmailAddress } from '../accounts/address.ts';
import { ExpiresAt } from '../expires-at.ts';

const terms = { access: ShareAccess, scope: ShareScope, expiresAt: ExpiresAt };

/** What PUT takes: everything that can be edited; without `expiresAt` the share holds for ever. */
export const ShareRequest = z.strictObject(terms).meta({ id: 'ShareTerms' });
export type ShareRequest = z.infer<typeof ShareRequest>;

/** What POST takes: whom by address or by id, never both. */
export const NewShareRequest = z
  .xor([
    z.strictObject({ granteeEmail: EmailAddress, ...terms }),
    z.strictObject({ granteeId: z.string().min(1).max(128).meta({ description: "A user's id" }), ...terms }),
  ])
  .meta({ id: 'NewShare', description: 'For whom: by address, which need not have an account yet, or by id' });
export type NewShareRequest = z.infer<typeof NewShareRequest>;

export const ShareParams = z.strictObject({
  id: z.string().max(128).meta({ description: 'Id of a share', example: '0199a8f2-7d3c-7e11-8a51-5b0c9a1f2e33' }),
});
export const SharesQuery = z.strictObject(listParameters);

export const shareRequestExample = {
  access: 'view',
  scope: { kind: 'records', types: ['expense'], categories: ['Groceries'] },
  expiresAt: '2099-12-31T00:00:00.000Z',
} as const;
export const newShareExample = { granteeEmail: 'bob@example.com', ...shareRequestExample };
export const shareExample: ShareView = {
  id: '0199a8f2-7d3c-7e11-8a51-5b0c9a1f2e33',
  ownerId: '0199a8f2-6c1e-7b7a-9d50-3a3f3f1f5a10',
  ownerName: 'Ada Lovelace',
  granteeEmail: 'bob@example.com',
  access: 'view',
  scope: { kind: 'records', types: ['expense'], categories: ['Groceries'] },
  expiresAt: '2099-12-31T00:00:00.000Z',
  createdAt: '2026-03-14T12:00:00.000Z',
  version: 1,
};
