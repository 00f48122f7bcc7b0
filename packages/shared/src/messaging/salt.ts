import { randomFillSync } from 'node:crypto';

const saltBytes = 16;
/** Drawing some hundred salts at once costs about what drawing one does, and every write needs one. */
const pool = Buffer.alloc(saltBytes * 256);
let used = pool.length;

/** 16 random bytes, base64url; no two calls share any. */
export function drawSalt(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += saltBytes;
  return pool.toString('base64url', used - saltBytes, used);
}
