import { RecordChanged, RecordsImported, type RecordState, type RecordWas } from '@commonpurse/shared/contracts';
import { type DomainEvent, eventOf } from '@commonpurse/shared/messaging';

/** An expense as records would tell it. */
export const expense = (facts: Partial<RecordState> & Pick<RecordState, 'ownerId'>): RecordState => ({
  id: crypto.randomUUID(),
  version: 1,
  type: 'expense',
  amountMinor: 1000,
  currency: 'EUR',
  date: '2026-01-10',
  description: '',
  category: 'Food',
  source: null,
  tags: [],
  customFields: {},
  base: null,
  createdAt: '2026-01-10T08:00:00.000Z',
  updatedAt: '2026-01-10T08:00:00.000Z',
  createdBy: facts.ownerId,
  deleted: false,
  importId: null,
  ...facts,
});

export const wasOf = ({ type, date, currency, category, source, deleted }: RecordState): RecordWas => ({
  type,
  date,
  currency,
  category,
  source,
  deleted,
});

/** The event of the write that made `record` of `before`; `current` is what the record has become until the event is rendered. */
export function recordChanged(record: RecordState, before: RecordState | null = null, current = record): DomainEvent<RecordChanged> {
  const action = record.deleted ? 'deleted' : before === null ? 'created' : before.deleted ? 'restored' : 'updated';
  return eventOf(RecordChanged, {
    subject: record.id,
    version: record.version,
    time: record.updatedAt,
    correlationid: 'request-1',
    actor: record.ownerId,
    data: { action, record: current, was: before === null ? null : wasOf(before), became: null, historyHash: null },
  });
}

/** A chunk of an import's rows; `chunk` numbers the job's versions. */
export function recordsImported(records: readonly RecordState[], chunk = 1): DomainEvent<RecordsImported> {
  const { ownerId } = records[0]!;
  return eventOf(RecordsImported, {
    subject: 'import-1',
    version: chunk,
    time: '2026-01-10T08:00:00.000Z',
    correlationid: 'request-1',
    actor: ownerId,
    data: { importId: 'import-1', ownerId, action: 'imported', records: [...records] },
  });
}

/** The next version of a record, and the event of that write. */
export function changed(before: RecordState, facts: Partial<RecordState>): { record: RecordState; event: DomainEvent<RecordChanged> } {
  const record = { ...before, ...facts, version: before.version + 1 };
  return { record, event: recordChanged(record, before) };
}
