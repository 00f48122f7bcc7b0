import { issue, listParameters, pageOf } from '@commonpurse/shared/http';
import { z } from 'zod';
import { EmailAddress } from '../accounts/address.ts';
import { foldSearch } from '../accounts/search-keys.ts';

const Role = z.enum(['user', 'admin']);
const Status = z.enum(['active', 'disabled']);

export const SearchQuery = z.strictObject({
  ...listParameters,
  q: z
    .string()
    .max(254)
    .refine((text) => Array.from(foldSearch(text)).length >= 2, issue('too-short', 'Give at least two characters'))
    .meta({ description: 'What the address or the name begins with, in any case; at least two characters', example: 'ada' }),
});

const found = {
  id: z.string(),
  email: z.string(),
  displayName: z.string(),
  role: Role,
  status: Status,
  createdAt: z.iso.datetime({ precision: 3 }),
};
export const FoundUser = z.strictObject(found);
export type FoundUser = z.infer<typeof FoundUser>;
export const FoundUserPage = pageOf(FoundUser);

export const AdminUserView = z.strictObject({ ...found, twoFactorEnabled: z.boolean(), version: z.int().positive() });
export type AdminUserView = z.infer<typeof AdminUserView>;
export const StandingRequest = z.strictObject({ role: Role.optional(), status: Status.optional() });

export const MakeAdminRequest = z.strictObject({ email: EmailAddress });

export const foundUserExample: FoundUser = {
  id: '0199a8f2-6c1e-7b7a-9d50-3a3f3f1f5a10',
  email: 'ada@example.com',
  displayName: 'Ada Lovelace',
  role: 'user',
  status: 'active',
  createdAt: '2026-01-15T12:00:00.000Z',
};
export const adminUserExample: AdminUserView = { ...foundUserExample, twoFactorEnabled: false, version: 1 };
