import { NameField } from '@commonpurse/shared/contracts';
import { listParameters, pageOf } from '@commonpurse/shared/http';
import { z } from 'zod';
import { ExpiresAt } from '../expires-at.ts';
import { scopes } from './api-key.ts';

const instant = z.iso.datetime({ precision: 3 });
const Scopes = z.array(z.enum(scopes)).min(1).max(scopes.length).meta({ description: 'What the key may do' });

export const NewApiKeyRequest = z.strictObject({
  name: NameField.meta({ description: 'To tell keys apart', example: 'Spreadsheet' }),
  scopes: Scopes.transform((given) => scopes.filter((scope) => given.includes(scope))),
  expiresAt: ExpiresAt,
});

const view = {
  id: z.string(),
  name: z.string(),
  scopes: Scopes,
  expiresAt: instant.nullable(),
  createdAt: instant,
  lastUsedAt: instant.nullable().meta({ description: 'To the minute' }),
};
export const ApiKeyView = z.strictObject(view);
export type ApiKeyView = z.infer<typeof ApiKeyView>;
export const CreatedApiKey = z.strictObject({
  ...view,
  key: z.string().meta({ description: 'For `Authorization: Bearer`; shown this once' }),
});
export const ApiKeyPage = pageOf(ApiKeyView);
export const ApiKeyQuery = z.strictObject(listParameters);

export const KeyTokenRequest = z.strictObject({ key: z.string().max(4096) });
export const KeyTokenView = z.strictObject({ token: z.string(), userId: z.string(), expiresAt: z.int() });

export const apiKeyExample: ApiKeyView = {
  id: '3f1c6d2e-8f5e-4a1b-9d0e-5b6a7c8d9e0f',
  name: 'Spreadsheet',
  scopes: ['records:read', 'budgets:read'],
  expiresAt: '2099-12-31T00:00:00.000Z',
  createdAt: '2026-01-15T12:00:00.000Z',
  lastUsedAt: null,
};
export const createdApiKeyExample = {
  ...apiKeyExample,
  key: 'cp_3f1c6d2e8f5e4a1b9d0e5b6a7c8d9e0fu8Xk2mQz7VbN4tRw9YpLc3HsJd6GfA1E0000000',
};
export const keyTokenExample = {
  token: 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl',
  userId: '0199a8f2-6c1e-7b7a-9d50-3a3f3f1f5a10',
  expiresAt: 1768478460,
};
