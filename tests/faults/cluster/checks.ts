import { eventually } from '../../e2e/support/eventually.ts';
import { goLive } from '../../e2e/support/live.ts';
import type { Person } from '../../e2e/support/person.ts';
import type { Ledger, Told } from './client.ts';
import { budgetAmount, type Member, thresholds } from './household.ts';

/** How long the system may take to be itself again after a fault's end. */
const healMsMax = 30_000;

interface Shown {
  readonly id: string;
  readonly version: number;
  readonly description: string;
  readonly amount: string;
}

/** Every promise that can be checked from outside, once nothing happens any more. Returns what is broken, in words. */
export async function checkLedger(url: string, ledger: Ledger, patienceMs?: number): Promise<string[]> {
  const person = await ledger.member.now();
  const records = await listAll(person);
  adopt(ledger, records);
  return [
    ...ledger.broken,
    ...compareRecords(ledger.told, records),
    ...(await checkHistories(person, ledger)),
    ...(await checkBudget(person, ledger.member, records, patienceMs)),
    ...(await checkFeed(url, person, ledger)),
  ];
}

/** What was abandoned and is there all the same belongs to the ledger from now on; what is not there must stay away. */
function adopt({ abandoned, told }: Ledger, records: readonly Shown[]): void {
  for (const { id, version, description, amount } of records) {
    if (!abandoned.delete(description)) continue;
    told.set(id, { id, version, description, amountMinor: Math.round(Number(amount) * 100) });
  }
  abandoned.clear();
}

async function listAll(person: Person): Promise<Shown[]> {
  const found: Shown[] = [];
  for (let cursor = ''; ;) {
    const { status, body, text } = await person.get(`/records?limit=200&sort=createdAt${cursor}`);
    if (status !== 200) throw new Error(`GET /records answered ${text}`);
    found.push(...body.items);
    if (body.nextCursor === null) return found;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}

/** I2, I3, I4: what was acknowledged is there, as it was acknowledged; what was deleted stays deleted; nothing else is there. */
function compareRecords(told: ReadonlyMap<string, Told>, records: readonly Shown[]): string[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  const wrong = [...told.values()].flatMap((one) => {
    const shown = byId.get(one.id);
    if (one.description === null) return shown === undefined ? [] : [`${one.id} was deleted and is there`];
    if (shown === undefined) return [`${one.id} was acknowledged and is missing`];
    const amount = (one.amountMinor / 100).toFixed(2);
    const same = shown.version === one.version && shown.description === one.description && shown.amount === amount;
    return same ? [] : [`${one.id} is ${JSON.stringify(shown)}, acknowledged was ${JSON.stringify(one)}`];
  });
  const unknown = records.filter(({ id }) => !told.has(id)).map(({ id, description }) => `${id} (${description}) was never acknowledged`);
  const twice = records.length === byId.size ? [] : ['a list shows a record twice'];
  return [...wrong, ...unknown, ...twice];
}

/** I11: every version once, from 1 to the newest. */
async function checkHistories(person: Person, { told }: Ledger): Promise<string[]> {
  const living = [...told.values()].filter(({ description }) => description !== null);
  const wrong: string[] = [];
  for (const { id, version } of living.slice(-25)) {
    const { body } = await person.get(`/records/${id}/history?limit=200`);
    const versions = body.items.map((line: { version: number }) => line.version);
    const expected = Array.from({ length: version }, (_, n) => version - n);
    if (JSON.stringify(versions) !== JSON.stringify(expected)) wrong.push(`history of ${id} at ${version} has ${JSON.stringify(versions)}`);
  }
  return wrong;
}

const sumOf = (records: readonly Shown[]): number => records.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);

/** I6: what the budget says is what the records say. */
async function checkBudget(person: Person, member: Member, records: readonly Shown[], patienceMs?: number): Promise<string[]> {
  const spent = (sumOf(records) / 100).toFixed(2);
  const path = `/budgets/${member.budgetId}/progress?date=2024-04-15`;
  return toldAs(`the budget of ${member.email}`, async () => (await person.get(path)).body?.spent, spent, patienceMs);
}

/** No row of an import twice, none missing, and the budget counts each. */
export async function checkImports(member: Member, imported: ReadonlySet<string>, patienceMs?: number): Promise<string[]> {
  const person = await member.now();
  const records = await listAll(person);
  const seen = new Set(records.map(({ description }) => description));
  return [
    ...(seen.size === records.length ? [] : [`${records.length - seen.size} rows of imports came twice`]),
    ...[...imported].filter((description) => !seen.has(description)).map((description) => `${description} was imported and is missing`),
    ...(seen.size === imported.size ? [] : [`${seen.size} rows are there, ${imported.size} were said to be imported`]),
    ...(await checkBudget(person, member, records, patienceMs)),
  ];
}

/** I5: every version of every record has its frame, once, in a sequence without a gap; every threshold that is reached has one alert. */
async function checkFeed(url: string, person: Person, { member, told }: Ledger): Promise<string[]> {
  const versions = [...told.values()].reduce((sum, { version }) => sum + version, 0);
  const alerts = await alertsOf(person);
  const frames = (await feedOf(url, person)).map(({ type }) => type);
  const ofRecords = frames.filter((type) => type.startsWith('record.')).length;
  const ofAlerts = frames.filter((type) => type === 'budget.alert').length;
  const settledNow = (sum: number): number => thresholds.filter((percent) => sum * 100 >= percent * Number(budgetAmount) * 100).length;
  const reached = settledNow(sumOf(await listAll(person)));
  return [
    ...(ofRecords === versions ? [] : [`${member.email} has ${ofRecords} frames of records for ${versions} versions`]),
    ...(new Set(alerts).size === alerts.length ? [] : [`an alert came twice: ${alerts.join(', ')}`]),
    ...(ofAlerts === alerts.length ? [] : [`${ofAlerts} alert frames beside ${alerts.length} in the inbox`]),
    ...(alerts.length >= reached ? [] : [`${alerts.length} alerts, but ${reached} thresholds are reached`]),
  ];
}

async function alertsOf(person: Person): Promise<number[]> {
  const { body } = await person.get('/notifications?limit=200');
  return body.items
    .filter(({ type }: { type: string }) => type === 'budget.alert')
    .map(({ data }: { data: { thresholdPercent: number } }) => data.thresholdPercent);
}

/** The whole feed, as a client that comes back after a long time gets it. Throws when it has a gap or repeats itself. */
async function feedOf(url: string, person: Person): Promise<{ type: string; seq?: number }[]> {
  const live = await goLive(url, person.tokens.accessToken, 0);
  const { lastSeq } = live.frames[0]!.data as { lastSeq: number };
  const numbered = () => live.frames.filter(({ seq }) => seq !== undefined);
  await eventually(
    async () => numbered().length,
    (count) => count >= lastSeq,
  );
  await live.close();
  const seqs = numbered().map(({ seq }) => seq!);
  const wrong = seqs.findIndex((seq, index) => seq !== index + 1);
  if (wrong >= 0) throw new Error(`the feed shows ${seqs[wrong]} where ${wrong + 1} should be`);
  return numbered();
}

/** Asks until it is so, for as long as healing may take. */
export async function toldAs(what: string, ask: () => Promise<unknown>, expected: unknown, patienceMs = healMsMax): Promise<string[]> {
  try {
    await eventually(ask, (is) => is === expected, patienceMs);
    return [];
  } catch (error) {
    return [`${what} should be ${String(expected)}: ${(error as Error).message}`];
  }
}
