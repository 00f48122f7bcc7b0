import type { ServiceName } from '@commonpurse/shared/service';

/** Which service answers for the first segment of a path. `/internal` is in no table: what is not listed does not exist outside. */
const routes: ReadonlyMap<string, ServiceName> = new Map([
  ['auth', 'auth'],
  ['users', 'auth'],
  ['admin', 'auth'],
  ['.well-known', 'auth'],
  ['records', 'records'],
  ['categories', 'records'],
  ['currencies', 'records'],
  ['budgets', 'budgets'],
  ['notifications', 'notifications'],
  ['ws', 'notifications'],
]);
const firstSegment = /^\/([^/?]+)/;

/** The service for a path (with or without a query), null when nobody has it. */
export function serviceFor(path: string): ServiceName | null {
  return routes.get(firstSegment.exec(path)?.[1] ?? '') ?? null;
}

/** Paths that two programs could read differently: a dot segment, a doubled or encoded slash, a backslash, a fragment (services leave it away: what is
 *  no open call here would be one there), a control character or a broken percent sign. Nobody needs them, so they are refused before anyone has
 *  to agree on what they mean. */
export function ambiguousPath(path: string): boolean {
  // nearly all there are
  if (/^(\/[\w-]+)+$/.test(path)) return false;
  if (!path.startsWith('/') || path.includes('//') || /[\\#]/.test(path)) return true;
  // control characters of ASCII: those above are bytes of some encoding, which a path may hold
  if (/%2f|%5c|%00|[\p{Cc}--[\u0080-\u009f]]|%(?![0-9a-f]{2})/iv.test(path)) return true;
  return /\/(\.|%2e){1,2}(\/|$)/i.test(path);
}

/** Anyone may call these; a stale token beside the call does no harm. */
const open = new Set([
  '/auth/register',
  '/auth/verify-email',
  '/auth/resend-verification',
  '/auth/login',
  '/auth/verify-2fa',
  '/auth/refresh',
  '/auth/forgot-password',
  '/auth/reset-password',
  '/.well-known/jwks.json',
]);
/** So is whatever the gateway answers by itself. */
export const isOpen = (path: string): boolean => open.has(path) || serviceFor(path) === null;
