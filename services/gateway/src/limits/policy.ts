import type { Limit, LimitVerdict } from '@commonpurse/shared/cache';

/** A named limit, as the `RateLimit-Policy` header announces it; null where the operator switched it off. */
export interface Policy {
  readonly name: 'user' | 'address' | 'auth';
  readonly limit: Limit | null;
}
export interface Policies {
  readonly user: Limit | null;
  readonly address: Limit | null;
  readonly auth: Limit | null;
}

/** Which limit a request counts against: the user's when signed in, otherwise the address's; tighter for `/auth/*`. */
export function policyFor(policies: Policies, path: string, userId: string | null): Policy {
  if (userId !== null) return { name: 'user', limit: policies.user };
  if (path.startsWith('/auth/')) return { name: 'auth', limit: policies.auth };
  return { name: 'address', limit: policies.address };
}

/** While the shared cache is away every instance counts for itself, and lets through half, so that several together stay near the limit. */
export const stricter = (limit: Limit): Limit => ({
  ...limit,
  rate: Math.max(1, Math.floor(limit.rate / 2)),
  burst: Math.max(1, Math.floor(limit.burst / 2)),
});

/** The fields of draft-ietf-httpapi-ratelimit-headers: quota and window in seconds; what is left, and in how many seconds all of it is back. */
export function limitHeaders(name: string, limit: Limit, verdict: LimitVerdict): Record<string, string> {
  const headers: Record<string, string> = {
    'RateLimit-Policy': `"${name}";q=${limit.rate};w=${Math.round(limit.periodMs / 1000)}`,
    RateLimit: `"${name}";r=${verdict.remaining};t=${Math.ceil(verdict.resetMs / 1000)}`,
  };
  if (!verdict.allowed) headers['Retry-After'] = String(Math.max(1, Math.ceil(verdict.retryAfterMs / 1000)));
  return headers;
}
