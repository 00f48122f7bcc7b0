import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';

const requestId = z
  .string()
  .max(128)
  .optional()
  .meta({ description: 'Names the request in logs and events; made when absent', example: 'checkout-42' });
const idempotencyKey = z.string().min(1).max(255).optional().meta({
  description: 'A retry with the same key and input is answered like the first request, and nothing is created twice',
  example: 'a7f3c1e0-first-try',
});
const ifMatch = z
  .string()
  .optional()
  .meta({ description: 'The `ETag` last read: refused with 412 when it has changed since', example: '"3"' });
const ifNoneMatch = z.string().optional().meta({ description: 'The `ETag` last read: 304 while it has not changed', example: '"3"' });

/** Whether a good answer is a single resource, which carries its version. */
const isVersioned = ({ versioned, conditional, path }: Endpoint): boolean => versioned ?? (conditional === true || /\/:\w+$/.test(path));

/** Whether a client may ask for it only when it has changed. */
export const isRevalidated = (endpoint: Endpoint): boolean => endpoint.method === 'get' && isVersioned(endpoint);

/** The request headers an endpoint honours. */
export function headerParameters(endpoint: Endpoint): z.ZodObject {
  return z.object({
    'X-Request-Id': requestId,
    ...(endpoint.idempotent ? { 'Idempotency-Key': idempotencyKey } : {}),
    ...(endpoint.conditional ? { 'If-Match': ifMatch } : {}),
    ...(isRevalidated(endpoint) ? { 'If-None-Match': ifNoneMatch } : {}),
  });
}

const text = (description: string, example: string) => z.string().meta({ description, example });

/** Said by the gateway of every answer, unless the limit is off. One component each: there are hundreds of answers. */
const limits = {
  RateLimit: text('What is left of the limit, and in how many seconds all of it is back', '"user";r=199;t=1')
    .optional()
    .meta({ header: { id: 'RateLimit' } }),
  'RateLimit-Policy': text('The limit: how many calls in how many seconds', '"user";q=600;w=60')
    .optional()
    .meta({ header: { id: 'RateLimit-Policy' } }),
};

/** The response headers of an answer with that status. */
export function answerHeaders(endpoint: Endpoint, status: number): z.ZodObject {
  const good = status < 400;
  const created = status === 201 && endpoint.versioned !== false;
  const single = good && status !== 204 && (isVersioned(endpoint) || created);
  return z.object({
    'X-Request-Id': text('As sent, or the one that was made', 'checkout-42'),
    ...limits,
    ...(single ? { ETag: text('The version', '"1"').optional() } : {}),
    ...(single && (status === 201 || status === 202) ? { Location: text('Where it is', `${endpoint.path}/0199a8f2`).optional() } : {}),
    ...(good && endpoint.idempotent ? { 'Idempotency-Replayed': text('The answer of an earlier try', 'true').optional() } : {}),
    ...(status === 412 ? { ETag: text('The version it has now', '"4"') } : {}),
    ...(status === 401 ? { 'WWW-Authenticate': text('How to sign in', 'Bearer') } : {}),
    ...(status === 503 || status === 429 ? { 'Retry-After': text('Seconds to wait', '1') } : {}),
  });
}
