import type { CollectionDeclaration, Doc } from '../documents/documents.ts';

/** How far one consumer has read one producer's feed. Subscriptions that begin at the beginning and those that begin now have one each. */
export interface Watermark extends Doc {
  /** Everything recorded before this instant has been handled or parked; null: no reading from the beginning was finished yet. */
  readonly at: string | null;
  /** What was recorded before is not this consumer's business; null: everything is. */
  readonly origin: string | null;
  /** Where a reading stands that is under way: after a crash it goes on from here. */
  readonly reading: Reading | null;
}

export interface Reading {
  readonly since: string | null;
  readonly after: string | null;
  /** The producer's time when this reading began: the watermark it will leave. */
  readonly until: string | null;
}

export const watermarksCollection: CollectionDeclaration = { name: 'watermarks', indexes: [] };

/** Where the next reading begins: a little before the watermark, because lines may become visible a little after the instant they bear. */
export function nextReading({ at, origin, reading }: Pick<Watermark, 'at' | 'origin' | 'reading'>, overlapMs: number): Reading {
  if (reading !== null) return reading;
  const from = at === null ? null : new Date(Date.parse(at) - overlapMs).toISOString();
  return { since: later(from, origin), after: null, until: null };
}

/** How many steps after a mark was loaded the first one is whose page was certainly asked for after that: two pages may have been under way,
 *  one that was handled and the next, which is fetched meanwhile. */
const stepsUnderWay = 2;

/** Whether others have finished a reading meanwhile whose end was read after `begun` was loaded. It has moved the watermark on, which
 *  one that was reset has not. */
export const isReadSince = (begun: Watermark, { version, at, reading }: Watermark): boolean =>
  reading === null && version > begun.version + stepsUnderWay && at !== null && (begun.at === null || at > begun.at);

/** The later of two instants; null is before all. */
export const later = (a: string | null, b: string | null): string | null => {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
};
