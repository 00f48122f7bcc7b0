import type { Logger } from 'pino';
import type { Doc, Documents } from '../documents/documents.ts';
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

/** A page ends early rather than being longer than this many characters of JSON: a line may stand for hundreds of rows. */
const pageSizeMax = 2_000_000;

/** The events of a service again, in the order in which they were recorded, each rendered from what its aggregate is now.
 *  What is gone (purged) has no events any more. Throws `RangeError` for an `after` that it did not give. */
export async function readChanges(deps: ChangesFeedDeps, { since, after, types, limit }: ChangesQuery): Promise<ChangesPage> {
  const now = instantOf(deps.clock);
  const lines = await deps.history.find(since === null ? {} : { recordedAt: { $gte: since } }, {
    sort: [
      ['recordedAt', 1],
      ['_id', 1],
    ],
    limit,
    ...(after !== null && { after: decodeCursor(after) }),
  });
  const wanted = types === undefined ? lines : lines.filter(({ entry }) => types.includes(entry.type));
  const aggregates = await aggregatesOf(wanted, deps.outboxes);
  const events: DomainEvent[] = [];
  let size = 0;
  for (const line of wanted) {
    const rendered = await render(line, aggregates, deps);
    events.push(...rendered);
    size += JSON.stringify(rendered).length;
    if (size > pageSizeMax) return { events, next: cursorOf(line), now };
  }
  const last = lines.at(-1);
  return { events, next: last !== undefined && lines.length === limit ? cursorOf(last) : null, now };
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

/** One that can't be rendered must not keep all that follow from every consumer. */
async function render(
  line: HistoryLine,
  aggregates: ReadonlyMap<string, Aggregate>,
  { log }: ChangesFeedDeps,
): Promise<readonly DomainEvent[]> {
  const aggregate = aggregates.get(line.aggregate);
  const doc = aggregate?.docs.get(line.aggregateId);
  if (aggregate === undefined || doc === undefined) return [];
  try {
    return await aggregate.outbox.render(line.entry, doc);
  } catch (error) {
    log.error({ err: error, line: line._id }, 'a change could not be rendered and is left out of the feed');
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
