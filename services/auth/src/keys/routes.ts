import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { AuthDeps } from '../auth-deps.ts';
import { rotateSigningKey } from './rotate-signing-key.ts';

const Jwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  use: z.literal('sig'),
  alg: z.literal('ES256'),
});
const RotateRequest = z.strictObject({ compromised: z.boolean().default(false) });
const RotatedKey = z.strictObject({ kid: z.string(), signsFrom: z.iso.datetime({ precision: 3 }) });

export const keyRoutes = (deps: AuthDeps): Endpoint[] => [keys(deps), rotate(deps)];

const keys = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/.well-known/jwks.json',
    operationId: 'getKeys',
    tag: 'Auth',
    summary: 'The public keys that access tokens are signed with (ES256)',
    description:
      'There is more than one while keys are exchanged: go by the `kid` of a token, and fetch the set again for one that is not in it.',
    admission: 'open',
    answers: { 200: { description: 'JSON Web Key Set (RFC 7517)', schema: z.object({ keys: z.array(Jwk) }), example: exampleKeys } },
    handle: async () => ({ status: 200, body: deps.signing.jwks(), headers: { 'Cache-Control': 'public, max-age=300' } }),
  });

const rotate = (deps: AuthDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/internal/signing-keys',
    operationId: 'rotateSigningKey',
    tag: 'internal',
    summary: 'Make the next signing key, for operators',
    admission: 'service',
    body: RotateRequest,
    bodyExample: { compromised: false },
    answers: {
      200: {
        description: 'The key',
        schema: RotatedKey,
        example: { kid: exampleKeys.keys[0]!.kid, signsFrom: '2026-01-15T12:10:00.000Z' },
      },
    },
    handle: async ({ body, requestId }) => {
      const { _id: kid, signsFrom } = await rotateSigningKey(deps, body, requestId);
      return { status: 200, body: { kid, signsFrom } };
    },
  });

const exampleKeys = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      kid: 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U',
      use: 'sig',
      alg: 'ES256',
    },
  ],
};
