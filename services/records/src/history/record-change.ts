import { type RecordView, recordView, type RecordWas } from '@commonpurse/shared/contracts';
import type { Change, Json, JsonObject } from '@commonpurse/shared/documents';
import { parseAmount, parseSigned } from '@commonpurse/shared/money';
import { newRecord, type RecordBase, type RecordDoc, recordStateOf } from '../entries/record.ts';

export type RecordAction = 'created' | 'updated' | 'deleted' | 'restored';

/** One change as history tells it. */
interface ToldChange {
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly action: RecordAction;
  readonly change: Change;
}

/** These change with every change and say nothing about it. */
const unremarkable = new Set(['version', 'updatedAt']);

/** What a change shows: the whole where a record appears or disappears, otherwise the fields that differ, before and after. */
export function changeOf(before: RecordView | null, after: RecordView | null): Change {
  if (before === null || after === null) return { before, after };
  // Its type never changes, so both sides have the same names.
  const [was, is]: readonly [JsonObject, JsonObject] = [before, after];
  const names = Object.keys(was).filter((name) => !unremarkable.has(name) && !sameJson(was[name], is[name]));
  const pick = (view: JsonObject): JsonObject => Object.fromEntries(names.map((name) => [name, view[name]]));
  return { before: pick(was), after: pick(is) };
}

const sameJson = (one: Json | undefined, other: Json | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The facts right after a change that shows this, by those before it. */
export function factsAfter(was: RecordWas | null, { after }: Change): RecordWas | null {
  if (after === null) return was && { ...was, deleted: true };
  const facts: JsonObject = { category: null, source: null, ...was, ...after };
  const { type, date, currency, category, source } = facts as unknown as RecordWas;
  return { type, date, currency, category, source, deleted: false };
}

/** The changes that no history line tells, because an import stands for them: oldest first. */
export function untoldChanges(record: RecordDoc): ToldChange[] {
  if (record.untold === undefined) return [];
  const first = recordView({ ...recordStateOf(record), version: 1, updatedAt: record.createdAt });
  const by = record.createdBy;
  const created: ToldChange = { version: 1, at: record.createdAt, by, action: 'created', change: changeOf(null, first) };
  if (record.untold === 1) return [created];
  return [created, { version: 2, at: record.updatedAt, by: record.revertedBy ?? by, action: 'deleted', change: changeOf(first, null) }];
}

/** A record as it was first created, rebuilt from what its first history line shows. */
export function firstStateOf(record: RecordDoc, created: RecordView): RecordDoc {
  const content = {
    type: created.type,
    amountMinor: parseAmount(created.amount, created.currency),
    currency: created.currency,
    date: created.date,
    description: created.description,
    category: created.type === 'expense' ? created.category : null,
    source: created.type === 'income' ? created.source : null,
    tags: created.tags,
    customFields: created.customFields,
  };
  const origin = {
    id: record._id,
    ownerId: record.ownerId,
    createdBy: created.createdBy,
    at: created.createdAt,
    base: created.base && baseFrom(created.base),
  };
  return { ...newRecord(content, origin), changedAt: record.changedAt };
}

/** A worth that was rounded to nothing is no amount a client could send. */
const baseFrom = ({ amount, currency, rate, rateDate }: NonNullable<RecordView['base']>): RecordBase => ({
  amountMinor: parseSigned(amount, currency),
  currency,
  rate,
  rateDate,
});
