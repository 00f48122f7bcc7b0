import { describe, expect, test } from '@jest/globals';
import { recordView, type RecordView } from '@commonpurse/shared/contracts';
import { amountBoundKey } from '@commonpurse/shared/money';
import fc from 'fast-check';
import { callerOf, openRig, type Rig } from '../testing/rig.ts';
import { deleteRecord } from './change-record.ts';
import { createRecord } from './create-record.ts';
import { listRecords, type RecordsQuery } from './list-records.ts';
import { recordStateOf } from './record.ts';
import type { NewRecordBody } from './record-content.ts';
import type { Filters } from './record-filter.ts';

const ada = callerOf('ada');
const ben = callerOf('ben');

const body = fc
  .record({
    kind: fc.boolean(),
    amount: fc.constantFrom('1', '2', '10', '10.5', '9.99', '100'),
    currency: fc.constantFrom('EUR', 'USD', 'JPY', 'BHD'),
    day: fc.integer({ min: 1, max: 14 }),
    label: fc.constantFrom('Food', 'food', 'Rent', 'Zoo & Co'),
    description: fc.constantFrom('', 'Weekly market', 'market-hall', 'Rent May', 'MAY'),
    tags: fc.uniqueArray(fc.constantFrom('a', 'B', 'Holiday'), { maxLength: 2 }),
  })
  .map(({ kind, amount, currency, day, label, description, tags }): NewRecordBody => {
    const whole = currency === 'JPY' ? amount.split('.')[0]! : amount;
    const shared = { amount: whole, currency, date: `2026-03-${String(day).padStart(2, '0')}`, description, tags };
    return kind ? { type: 'expense', category: label, ...shared } : { type: 'income', source: label, ...shared };
  });

/** Mostly not: what asks for everything at once finds nothing, whatever is wrong with one of its conditions. */
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 7 }, { arbitrary: value, weight: 1 });
const day = fc.constantFrom('2026-03-03', '2026-03-07', '2026-03-12');
const amount = fc.constantFrom('2', '9.99', '10', '10.5');
const filters: fc.Arbitrary<Filters> = fc.record({
  type: maybe(
    fc.constantFrom(
      { eq: 'expense' as const },
      { in: ['income' as const, 'transfer' as const] },
      { in: ['income' as const, 'expense' as const] },
    ),
  ),
  date: maybe(fc.constantFrom({ gte: '2026-03-05' }, { lte: '2026-03-09' }, { in: ['2026-03-01', '2026-03-02'] }, { eq: '2026-03-08' })),
  amount: maybe(fc.constantFrom({ gte: 2 }, { lte: '10' }, { eq: '10.0' }, { in: [1, '9.99'] }, { gte: '2', lte: 10.5 })),
  currency: maybe(fc.constantFrom({ eq: 'EUR' }, { in: ['JPY', 'USD'] })),
  category: maybe(fc.constantFrom({ eq: 'Food' }, { in: ['Rent', 'Zoo & Co'] }, { contains: 'OO' })),
  source: maybe(fc.constantFrom({ eq: 'food' }, { contains: 'Foo' })),
  tag: maybe(fc.constantFrom({ eq: 'a' }, { in: ['B', 'x'] }, { contains: 'HOL' }, { eq: 'a', contains: 'b' })),
  description: maybe(fc.constantFrom({ eq: 'MAY' }, { in: ['', 'MAY'] }, { contains: 'mark' }, { contains: 't-h' })),
});
const chosen = fc.record({
  type: maybe(fc.constantFrom('expense' as const, 'income' as const, 'transfer' as const)),
  from: maybe(day),
  to: maybe(day),
  category: maybe(fc.constantFrom('Food', 'Rent', 'None')),
  source: maybe(fc.constantFrom('Food', 'Zoo & Co')),
  tag: maybe(fc.constantFrom('a', 'Holiday')),
  q: maybe(fc.constantFrom('mark', 'MARKET hall', 'may', 'ay')),
  minAmount: maybe(amount),
  maxAmount: maybe(amount),
  currency: maybe(fc.constantFrom('EUR', 'JPY')),
  filters: fc.option(filters, { nil: undefined, freq: 2 }),
});
type Chosen = typeof chosen extends fc.Arbitrary<infer C> ? C : never;
const sort = fc.constantFrom('date', '-date', 'amount', '-amount', 'createdAt', '-createdAt');

/** The list's promise, spelled out on what a client sees. */
function matches(view: RecordView, want: Chosen): boolean {
  const f = want.filters ?? {};
  const [category, source] = view.type === 'expense' ? [view.category, undefined] : [undefined, view.source];
  const value = Number(view.amount);
  const words = view.description.toLowerCase().split(/[\s-]+/);
  const says = (
    given: { eq?: string; in?: readonly string[]; contains?: string } | undefined,
    values: readonly (string | undefined)[],
  ): boolean =>
    (given?.eq === undefined || values.includes(given.eq)) &&
    (given?.in === undefined || values.some((one) => one !== undefined && given.in!.includes(one))) &&
    (given?.contains === undefined || values.some((one) => one?.toLowerCase().includes(given.contains!.toLowerCase())));
  const numbers = { eq: f.amount?.eq, in: f.amount?.in };
  return [
    want.type === undefined || view.type === want.type,
    want.from === undefined || view.date >= want.from,
    want.to === undefined || view.date <= want.to,
    want.category === undefined || category === want.category,
    want.source === undefined || source === want.source,
    want.tag === undefined || view.tags.includes(want.tag),
    want.q === undefined ||
      want.q
        .toLowerCase()
        .split(' ')
        .every((prefix) => words.some((word) => word.startsWith(prefix))),
    want.minAmount === undefined || value >= Number(want.minAmount),
    want.maxAmount === undefined || value <= Number(want.maxAmount),
    want.currency === undefined || view.currency === want.currency,
    says(f.type as never, [view.type]),
    says(f.date as never, [view.date]),
    f.date?.gte === undefined || view.date >= f.date.gte,
    f.date?.lte === undefined || view.date <= f.date.lte,
    numbers.eq === undefined || value === Number(numbers.eq),
    numbers.in === undefined || numbers.in.some((one) => value === Number(one)),
    f.amount?.gte === undefined || value >= Number(f.amount.gte),
    f.amount?.lte === undefined || value <= Number(f.amount.lte),
    says(f.currency as never, [view.currency]),
    says(f.category as never, [category]),
    says(f.source as never, [source]),
    says(f.tag as never, view.tags),
    says(f.description as never, [view.description]),
  ].every(Boolean);
}

function inOrder(views: RecordView[], by: string): RecordView[] {
  const sign = by.startsWith('-') ? -1 : 1;
  const key = (view: RecordView): string => {
    if (by.endsWith('amount')) return amountBoundKey(view.amount)!;
    return by.endsWith('date') ? view.date : view.createdAt;
  };
  return views.toSorted((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id < b.id ? -1 : 1));
}

const queryOf = (want: Chosen, by: string, limit: number, cursor?: string): RecordsQuery => {
  const { filters: json, ...rest } = want;
  return { ...rest, filters: json && JSON.stringify(json), sort: by as RecordsQuery['sort'], limit, cursor, count: cursor === undefined };
};

async function entered(rig: Rig, caller: typeof ada, bodies: readonly NewRecordBody[]): Promise<RecordView[]> {
  const views: RecordView[] = [];
  for (const one of bodies) {
    rig.clock.advance(views.length % 3);
    const { doc } = await createRecord(rig, { caller, body: one, requestId: 'r', idempotencyKey: null });
    views.push((await listOne(rig, caller, doc._id))!);
  }
  return views;
}
const listOne = async (rig: Rig, caller: typeof ada, id: string): Promise<RecordView | undefined> => {
  const doc = await rig.store.records.get(id);
  return doc && doc.ownerId === caller.userId ? recordView(recordStateOf(doc)) : undefined;
};

describe('the list of records', () => {
  test('its pages, put together, are what was chosen, sorted, and nobody else’s', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(body, { minLength: 5, maxLength: 40 }),
        fc.array(body, { maxLength: 5 }),
        fc.array(fc.tuple(chosen, sort, fc.integer({ min: 1, max: 9 })), { minLength: 8, maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        async (mine, others, questions, doomed) => {
          const rig = await openRig();
          await entered(rig, ben, others);
          let living = await entered(rig, ada, mine);
          for (const pick of doomed) {
            const victim = living[pick % living.length];
            if (!victim) continue;
            await deleteRecord(rig, { caller: ada, id: victim.id, ifMatch: null, requestId: 'r' });
            living = living.filter((view) => view !== victim);
          }
          for (const [want, by, limit] of questions) {
            const expected = inOrder(
              living.filter((view) => matches(view, want)),
              by,
            );
            const seen: RecordView[] = [];
            for (let cursor: string | null | undefined; cursor !== null;) {
              const page = await listRecords(rig, ada, queryOf(want, by, limit, cursor));
              if (cursor === undefined) expect(page.total).toBe(expected.length);
              expect(page.items.length).toBeLessThanOrEqual(limit);
              seen.push(...page.items);
              cursor = page.nextCursor;
            }
            expect(seen).toEqual(expected);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('while records come and go, a walk shows nothing twice and misses nothing that stayed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(body, { minLength: 10, maxLength: 30 }),
        fc.array(fc.tuple(body, fc.nat()), { minLength: 4, maxLength: 12 }),
        sort,
        fc.integer({ min: 1, max: 4 }),
        async (first, changes, by, limit) => {
          const rig = await openRig();
          const stable = new Map((await entered(rig, ada, first)).map((view) => [view.id, view]));
          const everything = {} as Chosen;
          const seen: RecordView[] = [];
          const pending = [...changes];
          for (let cursor: string | null | undefined; cursor !== null;) {
            const page = await listRecords(rig, ada, queryOf(everything, by, limit, cursor));
            seen.push(...page.items);
            cursor = page.nextCursor;
            const [more, pick] = pending.pop() ?? [];
            if (!more || pick === undefined) continue;
            await entered(rig, ada, [more]);
            const victim = [...stable.keys()][pick % stable.size];
            if (victim === undefined) continue;
            await deleteRecord(rig, { caller: ada, id: victim, ifMatch: null, requestId: 'r' });
            stable.delete(victim);
          }
          expect(new Set(seen.map((view) => view.id)).size).toBe(seen.length);
          expect(seen).toEqual(inOrder(seen, by));
          expect(seen.filter((view) => stable.has(view.id))).toEqual(inOrder([...stable.values()], by));
        },
      ),
      { numRuns: 40 },
    );
  });
});
