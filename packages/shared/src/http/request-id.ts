import { randomUUIDv7 } from 'node:crypto';

/** The client's `X-Request-Id` where it is usable (visible ASCII, at most 128), else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\x21-\x7e]{1,128}$/.test(header) ? header : randomUUIDv7();
}
