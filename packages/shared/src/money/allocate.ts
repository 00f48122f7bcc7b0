/** Splits an amount by weights so that no minor unit is lost: the parts sum to `minor`, and each differs from its exact share by less
 *  than one unit (largest remainder method; equal remainders go to the earlier part).
 *  @param minor minor units, may be negative
 *  @param weights non-negative integers, at least one above zero
 *  @throws RangeError for weights that can't divide anything */
export function allocate(minor: number, weights: readonly number[]): number[] {
  const valid = weights.every((weight) => Number.isSafeInteger(weight) && weight >= 0);
  const total = weights.reduce((sum, weight) => sum + BigInt(valid ? weight : 0), 0n);
  if (!valid || total === 0n || !Number.isSafeInteger(minor)) throw new RangeError('weights must be non-negative integers, not all zero');
  const size = BigInt(Math.abs(minor));
  const shares = weights.map((weight) => (size * BigInt(weight)) / total);
  const remainders = weights.map((weight) => (size * BigInt(weight)) % total);
  const left = Number(size - shares.reduce((sum, share) => sum + share, 0n));
  const order = weights.map((_, index) => index).toSorted((a, b) => Number(remainders[b]! - remainders[a]!) || a - b);
  for (const index of order.slice(0, left)) shares[index]! += 1n;
  return shares.map((share) => (minor < 0 && share !== 0n ? -Number(share) : Number(share)));
}
