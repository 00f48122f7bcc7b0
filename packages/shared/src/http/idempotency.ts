import { createHash, randomUUIDv7 } from 'node:crypto';
import { macBy } from './mac.ts';

export interface IdempotencyScope {
  readonly installationKey: Buffer;
  readonly userId: string;
  readonly method: string;
  /** The endpoint's path template. */
  readonly route: string;
  /** The `Idempotency-Key`; null makes a fresh id. */
  readonly key: string | null;
}

/** The id of what this request creates. With a key it derives from caller, method, route and key (UUIDv8 from an HMAC), so that a
 *  retry meets its own first try as a taken `_id`; without one it is a UUIDv7. */
export function idempotentId(scope: IdempotencyScope): string {
  if (scope.key === null) return randomUUIDv7();
  const said = JSON.stringify([scope.userId, scope.method.toUpperCase(), scope.route, scope.key]);
  return uuidV8(macBy(scope.installationKey).update(`idempotency ${said}`).digest());
}

/** RFC 9562 section 5.8: version 8, the rest is ours. */
function uuidV8(bytes: Buffer): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** SHA-256 (base64url) of the parsed input, whatever the order of its fields. Hand in what was parsed, not what was sent: defaults
 *  and normal forms make two spellings of one request the same. */
export const fingerprintOf = (input: unknown): string => createHash('sha256').update(canonicalJson(input)).digest('base64url');

/** JSON with names in order; what JSON can't say (undefined) is left out. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(',')}}`;
}
