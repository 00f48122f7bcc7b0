import type { Logger } from 'pino';
import type { Doc, Documents, OutboxEntry } from '../documents/documents.ts';
import { type Clock, instantOf } from '../service/clock.ts';
import type { DomainEvent } from './bus.ts';
import type { HistoryLine, Outbox } from './outbox.ts';

export interface ChangesFeedDeps {
  readonly history: Documents<HistoryLine>;
  readonly outboxes: readonly Outbox[];
  readonly clock: Clock;
  readonly log: Logger;
}
export interface ChangesQuery {
  /** Changes recorded at this instant or later; null: from the beginning. */
  readonly since: string | null;
  /** `next` of the page before; null: the first page. */
  readonly after: string | null;
  /** Only events of these types; absent: of all. Entries of other types are not even rendered. */
  readonly types?: readonly string[];
  /** Lines a page, at most. A page may hold fewer although more follow: only `next` tells. */
  readonly limit: number;
}
export interface ChangesPage {
  readonly events: readonly DomainEvent[];
  /** null: this was the last page for now. */
  readonly next: string | null;
  /** The producer's time before the page was read: what is recorded later may be missing in it. */
  readonly now: string;
}

/** So many documents that wait to be told are looked at for a page. Only a relay with little to do lets an event go ahead of its line, so where more
 *  wait, and nobody has taken them up, hardly any of them did. */
const waitingMax = 2_000;
/** Whatever is recorded later than a line of this age can only be behind it: what a page of older lines lacks comes on a later one. */
const lateMsMax = 60_000;
const endOfTime = '9999-12-31T23:59:59.999Z';

/** A page ends early rather than being longer than this many characters of JSON: a line may stand for hundreds of rows. */
const pageSizeMax = 2_000_000;

/** The events of a service again, in the order in which they were recorded, each rendered from what its aggregate is now; and those that may have
 *  been published already and have no line yet: they are still in their outboxes, which are read before the lines. So whatever was published
 *  before a page was asked for is on it, or is recorded behind it.
 *  What is gone (purged) has no events any more. Throws `RangeError` for an `after` that it did not give. */
export async function readChanges(deps: ChangesFeedDeps, query: ChangesQuery): Promise<ChangesPage> {
  const now = instantOf(deps.clock);
  const { types, limit } = query;
  const waiting = await waitingIn(deps.outboxes, types);
  const lines = await linesOf(deps, query);
  const last = lines.at(-1);
  const isWhole = last === undefined || lines.length < limit;
  const isRecent = isWhole || Date.parse(last.recordedAt) > deps.clock.now() - lateMsMax;
  const recorded = new Set(lines.map(({ entry }) => entry.id));
  const ahead = isRecent
    ? await renderWaiting(
        waiting.filter(({ entry }) => !recorded.has(entry.id)),
        deps,
      )
    : [];
  const wanted = types === undefined ? lines : lines.filter(({ entry }) => types.includes(entry.type));
  const { events, end } = await renderLines(wanted, deps);
  const next = end ?? (isWhole ? null : last);
  return { events: [...events, ...ahead], next: next === null ? null : cursorOf(next), now };
}

function linesOf({ history }: ChangesFeedDeps, { since, after, limit }: ChangesQuery): Promise<HistoryLine[]> {
  return history.find(since === null ? {} : { recordedAt: { $gte: since } }, {
    sort: [
      ['recordedAt', 1],
      ['_id', 1],
    ],
    limit,
    ...(after !== null && { after: decodeCursor(after) }),
  });
}

/** `end`: the line with which the page has become long enough. */
async function renderLines(
  lines: readonly HistoryLine[],
  deps: ChangesFeedDeps,
): Promise<{ events: readonly DomainEvent[]; end: HistoryLine | null }> {
  const aggregates = await aggregatesOf(lines, deps.outboxes);
  const events: DomainEvent[] = [];
  let size = 0;
  for (const line of lines) {
    const rendered = await renderLine(line, aggregates, deps);
    events.push(...rendered);
    size += JSON.stringify(rendered).length;
    if (size > pageSizeMax) return { events, end: line };
  }
  return { events, end: null };
}

interface Waiting {
  readonly outbox: Outbox;
  readonly doc: Doc;
  readonly entry: OutboxEntry;
}

async function waitingIn(outboxes: readonly Outbox[], types: readonly string[] | undefined): Promise<readonly Waiting[]> {
  const read = outboxes.map(async (outbox) => {
    const docs = await outbox.documents.withOutbox(endOfTime, waitingMax);
    return docs.flatMap((doc) => (doc.outbox ?? []).map((entry) => ({ outbox, doc, entry })));
  });
  const waiting = (await Promise.all(read)).flat();
  return types === undefined ? waiting : waiting.filter(({ entry }) => types.includes(entry.type));
}

async function renderWaiting(waiting: readonly Waiting[], deps: ChangesFeedDeps): Promise<readonly DomainEvent[]> {
  const rendered = waiting.map(({ outbox, doc, entry }) => render(outbox, entry, doc, deps));
  return (await Promise.all(rendered)).flat();
}

interface Aggregate {
  readonly outbox: Outbox;
  readonly docs: ReadonlyMap<string, Doc>;
}

async function aggregatesOf(lines: readonly HistoryLine[], outboxes: readonly Outbox[]): Promise<ReadonlyMap<string, Aggregate>> {
  const read = outboxes.map(async (outbox): Promise<readonly [string, Aggregate]> => {
    const ids = new Set(lines.filter((line) => line.aggregate === outbox.aggregate).map((line) => line.aggregateId));
    const docs = ids.size === 0 ? [] : await outbox.documents.getMany([...ids]);
    return [outbox.aggregate, { outbox, docs: new Map(docs.map((doc) => [doc._id, doc])) }];
  });
  return new Map(await Promise.all(read));
}

async function renderLine(
  { aggregate, aggregateId, entry }: HistoryLine,
  aggregates: ReadonlyMap<string, Aggregate>,
  deps: ChangesFeedDeps,
): Promise<readonly DomainEvent[]> {
  const known = aggregates.get(aggregate);
  const doc = known?.docs.get(aggregateId);
  return known === undefined || doc === undefined ? [] : render(known.outbox, entry, doc, deps);
}

/** One that can't be rendered must not keep all that follow from every consumer. */
async function render(outbox: Outbox, entry: OutboxEntry, doc: Doc, { log }: ChangesFeedDeps): Promise<readonly DomainEvent[]> {
  try {
    return await outbox.render(entry, doc);
  } catch (error) {
    log.error({ err: error, entry: entry.id }, 'a change could not be rendered and is left out of the feed');
    return [];
  }
}

const cursorOf = (line: HistoryLine): string => Buffer.from(JSON.stringify([line.recordedAt, line._id])).toString('base64url');

function decodeCursor(after: string): readonly [string, string] {
  const [recordedAt, id] = parsed(Buffer.from(after, 'base64url').toString());
  if (typeof recordedAt !== 'string' || typeof id !== 'string') throw new RangeError('this is no cursor of the changes feed');
  return [recordedAt, id];
}

function parsed(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
