import { createHmac, hash as digestOf } from 'node:crypto';
import type { Draft, Json, JsonObject, OutboxEntry } from '../documents/documents.ts';
import type { HistoryLine } from './outbox.ts';

/** Entries in the order of their lines' ids: the order of the chain. All entries of one version come from one write, so none can come between later. */
export const chainOrder = (entries: readonly OutboxEntry[]): OutboxEntry[] =>
  entries.toSorted((a, b) => a.version - b.version || (a.type < b.type ? -1 : 1));

export const lineId = (aggregateId: string, entry: OutboxEntry): string => {
  if (!Number.isSafeInteger(entry.version) || entry.version < 0 || entry.version > 99_999_999) {
    throw new RangeError(`version ${entry.version} does not fit a history line`);
  }
  return `${aggregateId}:${String(entry.version).padStart(8, '0')}:${entry.type}`;
};

/** Text that JSON writes as it is: nearly all there is, and found out faster than JSON.stringify writes it. */
const plainText = /^[ !#-[\]-~]*$/;
const quoted = (text: string): string => (plainText.test(text) ? `"${text}"` : JSON.stringify(text));

/** JSON with names sorted (by UTF-16 code units) and absent members left out: equal values give equal text. Every write waits for it. */
export function canonicalJson(value: Json | undefined): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = value as JsonObject;
  let text = '';
  for (const name of Object.keys(members).toSorted()) {
    const member = members[name];
    if (member !== undefined) text += `${text === '' ? '' : ','}${quoted(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** HMAC-SHA256(salt, canonical JSON of the change), hex: says nothing about the change once the salt is gone. */
const changeMacOf = ({ salt, change }: Pick<OutboxEntry, 'salt' | 'change'>): string =>
  createHmac('sha256', salt)
    .update(canonicalJson(change as Json))
    .digest('hex');

/** SHA-256, hex, over the JSON array [previous hash, version, at, by, action, HMAC of the change]. */
const hashOf = (previousHash: string | null, entry: OutboxEntry, changeMac: string): string =>
  digestOf('sha256', JSON.stringify([previousHash, entry.version, entry.at, entry.by, entry.action, changeMac]), 'hex');

export interface Recorded {
  readonly aggregate: string;
  readonly aggregateId: string;
  readonly recordedAt: string;
}

/** But for `recordedAt`, which no hash covers, a line is a pure function of its entry and the hash before it: whoever writes it again,
 *  another instance too, writes the same. */
export function lineOf(entry: OutboxEntry, previousHash: string | null, recorded: Recorded): Draft<HistoryLine> {
  const changeMac = changeMacOf(entry);
  const hash = hashOf(previousHash, entry, changeMac);
  return { _id: lineId(recorded.aggregateId, entry), version: 1, ...recorded, entry, changeMac, hash, previousHash };
}

/** The lines of these entries, chained behind `previousHash`. */
export function linesOf(entries: readonly OutboxEntry[], previousHash: string | null, recorded: Recorded): Draft<HistoryLine>[] {
  let previous = previousHash;
  return chainOrder(entries).map((entry) => {
    const line = lineOf(entry, previous, recorded);
    previous = line.hash;
    return line;
  });
}

/** What an erased line keeps: that something was done, when and by whom, and the chain. */
export const erased = (line: HistoryLine): Draft<HistoryLine> => {
  const { facts: _facts, ...entry } = line.entry;
  return { ...line, version: line.version + 1, entry: { ...entry, change: null, salt: '' } };
};

export type ChainVerdict =
  { readonly ok: true; readonly head: string | null } | { readonly ok: false; readonly brokenAt: string; readonly why: string };

/** Checks the lines of one aggregate, oldest first and from its first one on: every hash follows from the line and the one before;
 *  what was not erased has the content that was hashed. Pass the first line's `previousHash` as `from` where the beginning was purged. */
export function verifyChain(lines: readonly HistoryLine[], from: string | null = null): ChainVerdict {
  let previous = from;
  for (const line of lines) {
    const why = flawOf(line, previous);
    if (why !== null) return { ok: false, brokenAt: line._id, why };
    previous = line.hash;
  }
  return { ok: true, head: previous };
}

function flawOf(line: HistoryLine, previous: string | null): string | null {
  if (line.previousHash !== previous) return 'it does not follow the line before';
  if (line.hash !== hashOf(previous, line.entry, line.changeMac)) return 'its facts are not those that were hashed';
  if (line.entry.salt !== '' && line.changeMac !== changeMacOf(line.entry)) return 'its change is not the one that was hashed';
  return null;
}
