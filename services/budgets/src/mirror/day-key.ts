/** What one day total adds up: an owner's spending of one day, category and currency. */
export interface DayKey {
  readonly ownerId: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly category: string;
  readonly currency: string;
}

/** Categories are free text: what separates the parts of an id, and what marks an escape, is escaped. */
const escaped = (text: string): string => text.replace(/[%|]/g, (found) => (found === '%' ? '%25' : '%7C'));

/** `owner|day|category|currency`; different keys have different ids. */
export const dayKeyId = (key: DayKey): string => `${key.ownerId}|${key.day}|${escaped(key.category)}|${key.currency}`;

/** Each of them once. */
export function distinctKeys(keys: Iterable<DayKey>): DayKey[] {
  const byId = new Map<string, DayKey>();
  for (const key of keys) byId.set(dayKeyId(key), key);
  return [...byId.values()];
}

export const distinctOwners = (keys: readonly DayKey[]): string[] => [...new Set(keys.map(({ ownerId }) => ownerId))];
