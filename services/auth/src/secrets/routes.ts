import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { AuthDeps } from '../auth-deps.ts';
import { resealSecrets } from './reseal-secrets.ts';

export const secretRoutes = (deps: AuthDeps): Endpoint[] => [
  endpoint({
    method: 'post',
    path: '/internal/secrets/reseal',
    operationId: 'resealSecrets',
    tag: 'internal',
    summary: 'Seal every secret anew with the first of ENCRYPTION_KEYS, for operators',
    admission: 'service',
    answers: {
      200: {
        description: 'How many there were, and how many more that no key here reads',
        schema: z.strictObject({ resealed: z.int().nonnegative(), unreadable: z.int().nonnegative() }),
        example: { resealed: 0, unreadable: 0 },
      },
    },
    handle: async ({ requestId }) => ({ status: 200, body: await resealSecrets(deps, requestId) }),
  }),
];
