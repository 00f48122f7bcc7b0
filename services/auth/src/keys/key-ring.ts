import type { Doc } from '@commonpurse/shared/documents';
import type { SecretPlace } from '@commonpurse/shared/secrets';

/** A key that signs access tokens, signed, or is going to sign them. `_id` is its `kid`. */
export interface StoredSigningKey extends Doc {
  /** PKCS#8 PEM, sealed; null once nobody takes what it signed any more. */
  readonly sealedKey: string | null;
  /** The JWK's coordinates. */
  readonly x: string;
  readonly y: string;
  readonly createdAt: string;
  /** Shown from `createdAt` on, so that everybody knows it by then. */
  readonly signsFrom: string;
  /** What older keys signed is worth nothing from `createdAt` on: one of them has fallen into other hands. */
  readonly endsOlder: boolean;
}

/** How long a new key is shown before it signs: twice as long as anybody may keep the set of keys. */
export const leadMs = 10 * 60 * 1000;
/** How long a key is shown after the next one signs: as long as a token lives, and a minute for clocks that differ. */
export const trailMs = 16 * 60 * 1000;

export const signingKeyPlace = (kid: string): SecretPlace => ({ collection: 'signing-keys', id: kid, field: 'key' });

type Ring = readonly StoredSigningKey[];

/** In the order in which they sign. */
const inOrder = (ring: Ring): StoredSigningKey[] =>
  ring.toSorted((a, b) => (`${a.signsFrom} ${a.createdAt} ${a._id}` < `${b.signsFrom} ${b.createdAt} ${b._id}` ? -1 : 1));

/** Those that everybody is to take, in the order in which they sign; the one that signs now is among them. */
export function publishedKeys(ring: Ring, nowMs: number): StoredSigningKey[] {
  const standing = inOrder(ring).filter((key) => !isEnded(key, ring, nowMs));
  return standing.filter((_, at) => !isOver(standing[at + 1], nowMs));
}

/** By when it was made: one whose turn has not come was there to be taken with the others. */
const isEnded = (key: StoredSigningKey, ring: Ring, nowMs: number): boolean =>
  ring.some((other) => other.endsOlder && wasMadeBefore(key, other) && Date.parse(other.createdAt) <= nowMs);

const wasMadeBefore = (a: StoredSigningKey, b: StoredSigningKey): boolean =>
  `${a.createdAt} ${a.signsFrom} ${a._id}` < `${b.createdAt} ${b.signsFrom} ${b._id}`;

const isOver = (next: StoredSigningKey | undefined, nowMs: number): boolean =>
  next !== undefined && Date.parse(next.signsFrom) + trailMs <= nowMs;

/** The one that signs now, of those that can; undefined where none does yet. */
export const currentKey = (ring: Ring, nowMs: number, able: Ring = ring): StoredSigningKey | undefined =>
  publishedKeys(ring, nowMs).findLast((key) => Date.parse(key.signsFrom) <= nowMs && able.includes(key));

/** Those whose private half nobody needs any more. */
export const spentKeys = (ring: Ring, nowMs: number): StoredSigningKey[] => {
  const published = new Set(publishedKeys(ring, nowMs).map(({ _id }) => _id));
  return ring.filter(({ _id, sealedKey }) => sealedKey !== null && !published.has(_id));
};
