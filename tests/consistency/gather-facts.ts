import { setTimeout as delay } from 'node:timers/promises';
import { batchesOf } from '@commonpurse/shared/service';
import type { Parsed } from '@commonpurse/shared/testing';
import { goLive } from '../e2e/support/live.ts';
import { eventually } from '../e2e/support/eventually.ts';
import type { Person } from '../e2e/support/person.ts';
import type { BudgetFact, Facts, FeedFact, HistoryFact, ImportFact, PeriodFact, RecordFact } from './facts.ts';

/** Histories are read of so many records, spread over all of them. */
const historiesMax = 100;
const askedAtOnce = 8;

/** Reads everything a person can see of themselves. Throws when the system refuses an answer. */
export async function gatherFacts(url: string, person: Person): Promise<Facts> {
  const feed = await readFeed(url, person);
  const records = await readRecords(person);
  const inbox = await readAll(person, '/notifications');
  const alerts = inbox.filter(({ type }) => type === 'budget.alert');
  return {
    userId: person.id,
    records,
    budgets: await readBudgets(person, records),
    alerts: alerts.map(({ data }) => ({ budgetId: data.budgetId, thresholdPercent: data.thresholdPercent, start: data.period.start })),
    feed,
    imports: await readImports(person, feed),
  };
}

/** Waits where it is told that it asks too much. */
export async function read(person: Person, path: string): Promise<Parsed> {
  for (;;) {
    const { status, body, text, headers } = await person.get(path);
    if (status === 200) return body;
    if (status !== 429) throw new Error(`GET ${path} answered ${status}: ${text}`);
    await delay(Number(headers['retry-after'] ?? 1) * 1_000);
  }
}

/** Every page of a list. */
export async function readAll(person: Person, path: string): Promise<Parsed[]> {
  const items: Parsed[] = [];
  for (let cursor = ''; ;) {
    const page = await read(person, `${path}${path.includes('?') ? '&' : '?'}limit=200${cursor}`);
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}

/** `map` of each, some at a time. */
async function each<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const some of batchesOf(items, askedAtOnce)) results.push(...(await Promise.all(some.map(map))));
  return results;
}

async function readRecords(person: Person): Promise<RecordFact[]> {
  const all = await readAll(person, '/records?sort=createdAt');
  const step = Math.ceil(all.length / historiesMax);
  return each([...all.entries()], async ([index, record]) => ({
    ...record,
    category: record.category ?? null,
    entries: record.entries ?? [],
    history: index % step === 0 ? ((await readAll(person, `/records/${record.id}/history`)) as HistoryFact[]) : null,
  }));
}

async function readBudgets(person: Person, records: readonly RecordFact[]): Promise<BudgetFact[]> {
  const days = [...new Set(records.filter(({ type }) => type === 'expense').map(({ date }) => date))].toSorted();
  return each(await readAll(person, '/budgets'), async (budget) => ({
    id: budget.id,
    currency: budget.currency,
    categories: budget.categories.map(({ category }: { category: string }) => category),
    thresholds: budget.alerts
      .filter(({ channels }: { channels: string[] }) => channels.includes('in-app'))
      .map(({ thresholdPercent }: { thresholdPercent: number }) => thresholdPercent),
    periods: await readPeriods(person, budget, days),
  }));
}

async function readPeriods(person: Person, budget: Parsed, days: readonly string[]): Promise<PeriodFact[]> {
  const periods: PeriodFact[] = [];
  for (const day of days) {
    if (day < budget.startDate || day > (budget.endDate ?? '9999')) continue;
    if (periods.some(({ start, end }) => day >= start && day <= end)) continue;
    const { period, ...progress } = await read(person, `/budgets/${budget.id}/progress?date=${day}`);
    periods.push({ ...progress, ...period });
  }
  return periods;
}

async function readImports(person: Person, { frames }: FeedFact): Promise<ImportFact[]> {
  const ids = new Set(frames.filter(({ type }) => type === 'import.finished').map(({ id }) => id!));
  return each([...ids], (id) => read(person, `/records/imports/${id}`));
}

/** Everything from the beginning, or from where the system still has it. */
async function readFeed(url: string, person: Person): Promise<FeedFact> {
  const live = await goLive(url, person.tokens.accessToken, 0);
  const { lastSeq } = live.frames[0]!.data as { lastSeq: number };
  const numbered = () => live.frames.filter(({ seq }) => seq !== undefined && seq <= lastSeq);
  const gone = () => live.frames.some(({ type }) => type === 'resync');
  await eventually(
    async () => gone() || (numbered().at(-1)?.seq ?? 0) >= lastSeq,
    (over) => over,
    // where the rest does not come, this look has failed, and another one begins
    20_000,
  );
  const whole = !gone();
  await live.close();
  const frames = whole ? numbered() : [];
  return {
    lastSeq,
    whole,
    frames: frames.map(({ seq, type, data }) => ({ seq: seq!, type, id: data.id ?? null, version: data.version ?? null })),
  };
}
