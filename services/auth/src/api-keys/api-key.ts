import { createHash, timingSafeEqual } from 'node:crypto';

/** Everything a key may be allowed; nothing else is ever reached by one. */
export const scopes = [
  'records:read',
  'records:write',
  'budgets:read',
  'budgets:write',
  'notifications:read',
  'notifications:write',
  'profile:read',
  'shares:read',
] as const;
export type Scope = (typeof scopes)[number];

/** A key for programs, as it is kept: never the key itself. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the whole key, hex: 190 random bits need no slow hash. */
  readonly hash: string;
  readonly createdAt: string;
  /** null: for good. */
  readonly expiresAt: string | null;
  /** To the minute; null: never. */
  readonly lastUsedAt: string | null;
}

export const keysMax = 50;
/** A use is written down at most this often. */
const useNotedEveryMs = 60_000;

export const keyHash = (key: string): string => createHash('sha256').update(key).digest('hex');

export const isKey = (stored: ApiKey, key: string): boolean => timingSafeEqual(Buffer.from(stored.hash), Buffer.from(keyHash(key)));

export const keyLives = ({ expiresAt }: ApiKey, nowMs: number): boolean => expiresAt === null || Date.parse(expiresAt) > nowMs;

/** Whether this use is worth a write. */
export const isUseDue = ({ lastUsedAt }: ApiKey, nowMs: number): boolean =>
  lastUsedAt === null || Date.parse(lastUsedAt) + useNotedEveryMs <= nowMs;
