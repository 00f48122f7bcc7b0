/** What one day total adds up: an owner's spending of one day, category and currency. */
export interface DayKey {
  readonly ownerId: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly category: string;
  readonly currency: string;
}

/** What was spent on one of these days. */
export interface DaySpending extends DayKey {
  readonly amountMinor: number;
}

/** Categories are free text: what separates the parts of an id, and what marks an escape, is escaped. */
const escaped = (text: string): string => (/[%|]/.test(text) ? text.replaceAll('%', '%25').replaceAll('|', '%7C') : text);
const unescaped = (text: string): string => text.replaceAll('%7C', '|').replaceAll('%25', '%');

/** `owner|day|category|currency`; different keys have different ids. */
export const dayKeyId = (key: DayKey): string => `${escaped(key.ownerId)}|${key.day}|${escaped(key.category)}|${key.currency}`;

/** The ids of an owner's keys of the days from `from` to `to`, both counted: at or above the one, below the other. */
export const dayKeyIdsBetween = (ownerId: string, from: string, to: string): { readonly $gte: string; readonly $lt: string } => {
  const owner = escaped(ownerId);
  // `}` is the character behind `|`
  return { $gte: `${owner}|${from}|`, $lt: `${owner}|${to}}` };
};

/** The key that has this id. */
export function dayKeyOf(id: string): DayKey {
  const [ownerId = '', day = '', category = '', currency = ''] = id.split('|');
  return { ownerId: unescaped(ownerId), day, category: unescaped(category), currency };
}

/** Each of them once. */
export function distinctKeys(keys: Iterable<DayKey>): DayKey[] {
  const byId = new Map<string, DayKey>();
  for (const key of keys) byId.set(dayKeyId(key), key);
  return [...byId.values()];
}

/** The categories of each owner, each once. */
export function categoriesByOwner(keys: readonly DayKey[]): Map<string, string[]> {
  const owners = Map.groupBy(keys, ({ ownerId }) => ownerId);
  return new Map([...owners].map(([ownerId, theirs]) => [ownerId, [...new Set(theirs.map(({ category }) => category))]]));
}
