import type { BudgetFact, Facts, PeriodFact, RecordFact } from './facts.ts';

/** What does not agree, one line each; nothing is wrong when it is empty. Everything is added up anew from the records. */
export function judge(facts: Facts): string[] {
  return [...records(facts), ...budgets(facts), ...alerts(facts), ...feed(facts), ...recordFrames(facts), ...imports(facts)];
}

/** Minor units of an amount with its currency's decimals. */
const minor = (amount: string): bigint => BigInt(amount.replace('.', ''));
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
const times = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
};
const twice = (counts: ReadonlyMap<string, number>): string[] => [...counts].filter(([, count]) => count > 1).map(([key]) => key);

/** Each once; versions without a gap, and none but the last one's history ends it; what is transferred sums to zero. */
function* records({ records: all }: Facts): Generator<string> {
  for (const id of twice(times(all, ({ id: each }) => each))) yield `record ${id} is listed twice`;
  for (const { id, version, history, entries } of all) {
    if (history !== null) {
      const versions = history.map((line) => line.version);
      const expected = Array.from({ length: version }, (_, n) => version - n);
      if (versions.join() !== expected.join()) yield `record ${id} is at version ${version}, its history tells of ${versions.join()}`;
    }
    for (const currency of new Set(entries.map((entry) => entry.currency))) {
      const left = sum(entries.filter((entry) => entry.currency === currency).map((entry) => minor(entry.amount)));
      if (left !== 0n) yield `transfer ${id} makes ${left} ${currency} out of nothing`;
    }
  }
}

const counts = ({ categories }: BudgetFact, { start, end }: PeriodFact, record: RecordFact): boolean =>
  record.type === 'expense' &&
  record.date >= start &&
  record.date <= end &&
  (categories.length === 0 || (record.category !== null && categories.includes(record.category)));

function* budgets({ budgets: all, records: everything }: Facts): Generator<string> {
  for (const budget of all) {
    for (const period of budget.periods) {
      const counted = everything.filter((record) => counts(budget, period, record));
      const where = `budget ${budget.id} from ${period.start} to ${period.end}`;
      yield* disagreement(where, budget, period, counted, period.spent);
      for (const { category, spent } of period.byCategory) {
        const own = counted.filter((record) => record.category === category);
        yield* disagreement(`${where}, ${category}`, budget, period, own, spent);
      }
    }
  }
}

function* disagreement(
  where: string,
  { currency }: BudgetFact,
  { missingRates }: PeriodFact,
  counted: readonly RecordFact[],
  spent: string,
): Generator<string> {
  const own = counted.filter((record) => record.currency === currency);
  const uncounted = new Set(missingRates.map((missing) => missing.currency));
  const foreign = counted.filter((record) => record.currency !== currency && !uncounted.has(record.currency));
  // Another currency is only known here where it was converted to the same one; a day's sum is rounded once, each record was for itself.
  if (foreign.some(({ base }) => base?.currency !== currency)) return;
  const expected = sum(own.map(({ amount }) => minor(amount))) + sum(foreign.map(({ base }) => minor(base!.amount)));
  const difference = minor(spent) - expected;
  const allowed = BigInt(foreign.length);
  if (difference > allowed || -difference > allowed)
    yield `${where}: ${spent} ${currency} spent, the ${counted.length} records say ${expected} minor units`;
}

/** Each once, and one for every threshold that is reached now. */
function* alerts({ alerts: fired, budgets: all }: Facts): Generator<string> {
  const keyOf = (budgetId: string, threshold: number, start: string): string => `of budget ${budgetId} at ${threshold} % from ${start}`;
  const told = times(fired, ({ budgetId, thresholdPercent, start }) => keyOf(budgetId, thresholdPercent, start));
  for (const key of twice(told)) yield `the alert ${key} was told ${told.get(key)} times`;
  for (const { id, thresholds, periods } of all) {
    for (const { start, spent, available } of periods) {
      const limit = minor(available) > 0n ? minor(available) : 0n;
      for (const threshold of thresholds) {
        // Thresholds have two decimals at most.
        const reached = minor(spent) > 0n && minor(spent) * 10_000n >= BigInt(Math.round(threshold * 100)) * limit;
        if (reached && !told.has(keyOf(id, threshold, start))) yield `the alert ${keyOf(id, threshold, start)} is missing`;
      }
    }
  }
}

/** Contiguous, where all of it is still kept. */
function* feed({ feed: { frames, lastSeq, whole } }: Facts): Generator<string> {
  if (!whole) return;
  for (const [index, { seq }] of frames.entries()) {
    if (seq === index + 1) continue;
    yield `the feed has ${seq} where ${index + 1} belongs`;
    return;
  }
  const last = frames.at(-1)?.seq ?? 0;
  if (last !== lastSeq) yield `the feed says it goes to ${lastSeq}, and ends with ${last}`;
}

/** Each version of a record is told once; those that an import made are told by the import. */
function* recordFrames({ feed: { frames, whole }, records: living, imports: jobs }: Facts): Generator<string> {
  if (!whole) return;
  const told = times(
    frames.filter(({ type }) => type.startsWith('record.')),
    ({ id }) => id!,
  );
  const stoodFor = new Set(jobs.map(({ id }) => id));
  for (const { id, history } of living) {
    if (history === null) continue;
    const expected = history.filter(({ requestId }) => !stoodFor.has(requestId)).length;
    if ((told.get(id) ?? 0) !== expected) yield `record ${id} has ${expected} changes to be told, and ${told.get(id) ?? 0} frames`;
  }
  const alive = new Set<string | null>(living.map(({ id }) => id));
  const gone = frames.filter(({ type, id }) => type === 'record.deleted' && !alive.has(id));
  for (const key of twice(times(gone, ({ id, version }) => `${id} at version ${version}`))) yield `the end of record ${key} is told twice`;
}

function* imports({ imports: jobs, records: living }: Facts): Generator<string> {
  for (const { id, status, dryRun, rows } of jobs) {
    const { total, imported, skipped, duplicate, failed } = rows;
    if (status === 'done' && total !== imported + skipped + duplicate + failed)
      yield `import ${id} has ${total} rows, and accounts for ${imported + skipped + duplicate + failed}`;
    const own = living.filter(({ history }) => history?.at(-1)?.requestId === id);
    if (dryRun && own.length > 0) yield `import ${id} was a dry run, and left ${own.length} records`;
    if (!dryRun && own.length > imported) yield `import ${id} took ${imported} rows, and left ${own.length} records`;
    const untouched = own.filter(({ version }) => version === 1);
    if (status === 'reverted' && untouched.length > 0) yield `import ${id} was taken back, and left ${untouched.length} records`;
  }
}
