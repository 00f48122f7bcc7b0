import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { SigningKey } from './signing-key.ts';

const Jwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  use: z.literal('sig'),
  alg: z.literal('ES256'),
});

export const keyRoutes = (key: SigningKey): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/.well-known/jwks.json',
    operationId: 'getKeys',
    tag: 'auth',
    summary: 'The public keys that access tokens are signed with (ES256)',
    admission: 'open',
    answers: { 200: { description: 'JSON Web Key Set (RFC 7517)', schema: z.object({ keys: z.array(Jwk) }), example: exampleKeys } },
    handle: async () => ({ status: 200, body: key.jwks, headers: { 'Cache-Control': 'public, max-age=300' } }),
  }),
];

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
