import { CacheUnavailable } from '../cache/cache.ts';
import { StaleVersion, StoreUnavailable } from '../documents/documents.ts';
import { PeerUnavailable } from '../service/peers.ts';
import { Refusal, refusalCodes } from './refusal.ts';
import type { FieldError } from './refusal.ts';

/** RFC 9457, as every refusal of every service is answered. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

export const problemContentType = 'application/problem+json';

/** What is absent and what one may not see are answered alike, byte for byte. */
export const notFound = (): Refusal => new Refusal('not-found', 'There is nothing here');

/** 503 with the time to wait. */
export const unavailable = (detail: string, retryAfterSeconds = 1): Refusal =>
  new Refusal('service-unavailable', detail, { headers: { 'Retry-After': String(retryAfterSeconds) } });

/** The gateway asks another instance then; its clients are not told. */
export const notBegunHeader = 'X-Internal-Not-Begun';

/** 503 of an instance that starts or stops: it has not begun with the request. */
export const notBegun = (detail: string): Refusal =>
  new Refusal('service-unavailable', detail, { headers: { 'Retry-After': '1', [notBegunHeader]: 'yes' } });

/** Turns whatever was thrown into what the client is told; null when it was unexpected and nothing may be told. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (error instanceof StoreUnavailable || error instanceof PeerUnavailable || error instanceof CacheUnavailable) {
    return unavailable('A part of the system is not available right now; try again');
  }
  if (error instanceof StaleVersion) return new Refusal('conflict', 'It was changed at the same moment; read it again');
  // The router's own, for a path that is not percent-encoded UTF-8.
  if (error instanceof URIError) {
    return new Refusal('validation-failed', 'The path is not percent-encoded UTF-8', {
      errors: [{ path: '', code: 'invalid-encoding', message: 'Percent-encode the path as UTF-8' }],
    });
  }
  return null;
}

/** What is told of anything that nobody has foreseen: nothing but that. */
export const unexpected = (): Refusal => new Refusal('internal-error', 'Something went wrong on our side');

export function problemOf(refusal: Refusal, requestId: string): Problem {
  return {
    type: `/problems/${refusal.code}`,
    title: refusalCodes[refusal.code][1],
    status: refusal.status,
    detail: refusal.message,
    code: refusal.code,
    requestId,
    ...(refusal.errors ? { errors: refusal.errors } : {}),
  };
}

export function problemHeaders(refusal: Refusal): Record<string, string> {
  const challenge: Record<string, string> = refusal.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {};
  return { ...challenge, ...refusal.headers };
}
