import { timingSafeEqual } from 'node:crypto';
import { canonicalJson } from './idempotency.ts';
import { macBy } from './mac.ts';
import { invalid } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export type CursorValue = string | number | boolean | null;

/** What a cursor is good for: one user, one route, one sort, one filter. */
export interface CursorScope {
  readonly installationKey: Buffer;
  readonly userId: string;
  readonly route: string;
  readonly sort: string;
  /** Everything that chose the items: the parsed query without `limit`, `cursor` and `count`. */
  readonly filter: unknown;
}

const signatureBytes = 16;

/** Where a page ended: the sort fields' values of its last item, signed. Opaque to clients. */
export function encodeCursor(scope: CursorScope, values: readonly CursorValue[]): string {
  const payload = Buffer.from(JSON.stringify(values));
  return Buffer.concat([sign(scope, payload), payload]).toString('base64url');
}

/** The values; 400 `cursor-invalid` when it was altered or belongs to another user, sort or filter. */
export function decodeCursor(scope: CursorScope, cursor: string): CursorValue[] {
  const bytes = Buffer.from(cursor, 'base64url');
  const payload = bytes.subarray(signatureBytes);
  // base64url has spare bits and Node forgives foreign characters: only the one spelling we made is ours.
  if (payload.length === 0 || bytes.toString('base64url') !== cursor) throw cursorInvalid();
  if (!timingSafeEqual(sign(scope, payload), bytes.subarray(0, signatureBytes))) throw cursorInvalid();
  return JSON.parse(payload.toString('utf8')) as CursorValue[];
}

const cursorInvalid = (): Refusal => invalid('/cursor', 'cursor-invalid', 'This cursor does not belong to this list');

function sign(scope: CursorScope, payload: Buffer): Buffer {
  const bound = canonicalJson([scope.userId, scope.route, scope.sort, scope.filter]);
  const mac = macBy(scope.installationKey).update(`cursor ${bound}\n`).update(payload);
  return mac.digest().subarray(0, signatureBytes);
}
