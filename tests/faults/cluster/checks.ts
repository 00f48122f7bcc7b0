import { gatherFacts } from '../../consistency/gather-facts.ts';
import type { Facts } from '../../consistency/facts.ts';
import { judge } from '../../consistency/judge.ts';
import type { Ledger, Told } from './client.ts';
import type { Member } from './household.ts';

type Shown = Facts['records'][number];

/** Every promise that can be checked from outside, once nothing happens any more. Returns what is broken, in words. */
export async function lookAtLedger(url: string, ledger: Ledger): Promise<string[]> {
  if (ledger.broken.length > 0) return ledger.broken;
  const facts = await gatherFacts(url, await ledger.member.now());
  adopt(ledger, facts.records);
  const wrong = [...compareRecords(ledger.told, facts.records), ...countFrames(ledger, facts), ...judge(facts)];
  return wrong.map((line) => `${ledger.member.email}: ${line}`);
}

/** What was abandoned and is there all the same belongs to the ledger from now on. It may land as long as the system heals, and not later. */
export function adopt({ abandoned, told }: Ledger, records: readonly Pick<Shown, 'id' | 'version' | 'description' | 'amount'>[]): void {
  for (const { id, version, description, amount } of records) {
    if (description === null || !abandoned.delete(description)) continue;
    told.set(id, { id, version, description, amountMinor: Math.round(Number(amount) * 100) });
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
  return [...wrong, ...unknown];
}

/** I5: every version of every record, those that are deleted among them, has its frame, once; every alert has one. */
function countFrames({ told }: Ledger, { feed, alerts }: Facts): string[] {
  const versions = [...told.values()].reduce((sum, { version }) => sum + version, 0);
  const ofRecords = feed.frames.filter(({ type }) => type.startsWith('record.')).length;
  const ofAlerts = feed.frames.filter(({ type }) => type === 'budget.alert').length;
  return [
    ...(ofRecords === versions ? [] : [`${ofRecords} frames of records for ${versions} versions`]),
    ...(ofAlerts === alerts.length ? [] : [`${ofAlerts} frames of alerts beside ${alerts.length} in the inbox`]),
  ];
}

/** No row of an import twice, none missing, and the budget counts each. */
export async function lookAtImports(url: string, member: Member, imported: ReadonlySet<string>): Promise<string[]> {
  const facts = await gatherFacts(url, await member.now());
  const seen = new Set(facts.records.map(({ description }) => description));
  return [
    ...(seen.size === facts.records.length ? [] : [`${facts.records.length - seen.size} rows of imports came twice`]),
    ...[...imported].filter((description) => !seen.has(description)).map((description) => `${description} was imported and is missing`),
    ...(seen.size === imported.size ? [] : [`${seen.size} rows are there, ${imported.size} were said to be imported`]),
    ...judge(facts),
  ];
}
