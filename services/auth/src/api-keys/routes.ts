import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { AuthDeps } from '../auth-deps.ts';
import { clientOf } from '../client.ts';
import { createApiKey } from './create-api-key.ts';
import { exchangeApiKey } from './exchange-api-key.ts';
import { apiKeyView, listApiKeys } from './list-api-keys.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import {
  apiKeyExample,
  ApiKeyPage,
  ApiKeyQuery,
  CreatedApiKey,
  createdApiKeyExample,
  keyTokenExample,
  KeyTokenRequest,
  KeyTokenView,
  NewApiKeyRequest,
} from './schemas.ts';

const tag = 'Auth';

export const apiKeyRoutes = (deps: AuthDeps): Endpoint[] => [create(deps), list(deps), revoke(deps), exchange(deps)];

const create = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/auth/api-keys',
    operationId: 'createApiKey',
    tag,
    summary: 'Make a key for a program',
    description:
      'Sent as `Authorization: Bearer cp_...` in place of an access token. It reaches what its scopes name, and never `/auth/*`, `/admin/*` or `/ws`. It survives a change of the password, not that the account is disabled. At most 50.',
    admission: 'session',
    body: NewApiKeyRequest,
    bodyExample: { name: apiKeyExample.name, scopes: apiKeyExample.scopes, expiresAt: apiKeyExample.expiresAt },
    versioned: false,
    answers: { 201: { description: 'The key, shown once', schema: CreatedApiKey, example: createdApiKeyExample } },
    refusals: ['conflict'],
    handle: async (request) => {
      const { name, scopes, expiresAt = null } = request.body;
      const { stored, key } = await createApiKey(deps, request.caller, { name, scopes, expiresAt }, clientOf(request));
      return { status: 201, body: { ...apiKeyView(stored), key } };
    },
  });

const list = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/auth/api-keys',
    operationId: 'listApiKeys',
    tag,
    summary: 'My keys, newest first',
    admission: 'session',
    query: ApiKeyQuery,
    answers: { 200: { description: 'The keys', schema: ApiKeyPage, example: { items: [apiKeyExample], nextCursor: null } } },
    handle: async ({ caller, query }) => ({ status: 200, body: await listApiKeys(deps, caller.userId, query) }),
  });

const revoke = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'delete',
    path: '/auth/api-keys/:id',
    operationId: 'revokeApiKey',
    tag,
    summary: 'End one of my keys, at once and everywhere',
    admission: 'session',
    params: z.strictObject({ id: z.string().max(128).meta({ description: 'Id of a key', example: apiKeyExample.id }) }),
    answers: { 204: { description: 'It has ended' } },
    refusals: ['not-found'],
    handle: async (request) => {
      await revokeApiKey(deps, request.caller, request.params.id, clientOf(request));
      return { status: 204 };
    },
  });

const exchange = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/internal/key-tokens',
    operationId: 'exchangeApiKey',
    tag: 'internal',
    summary: 'A short scoped token for a key, for the gateway',
    admission: 'service',
    body: KeyTokenRequest,
    bodyExample: { key: createdApiKeyExample.key },
    answers: { 200: { description: 'The token', schema: KeyTokenView, example: keyTokenExample } },
    refusals: ['not-found'],
    handle: async ({ body, requestId }) => ({ status: 200, body: await exchangeApiKey(deps, body.key, requestId) }),
  });
