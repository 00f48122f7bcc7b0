import { mulberry32 } from '@commonpurse/shared/testing';
import { lookAtImports, lookAtLedger } from './checks.ts';
import { type Client, createClient, type Ledger, newLedger } from './client.ts';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
import { join, type Member } from './household.ts';
import { createImporter } from './importer.ts';
import { inflict } from './inflict.ts';
import { describeFault, type Fault, nextStep } from './schedule.ts';
import { pendingIn } from './pending.ts';
import { healMs, type Settled, settle } from '../../consistency/settle.ts';
import { eventually } from '../../e2e/support/eventually.ts';
import { ofImporter, ofLedger, seconds, watchHealing } from './watch-healing.ts';

export interface FaultRunOptions extends ClusterOptions {
  readonly seed: number;
  /** Ends after so many processes and servers were killed. */
  readonly kills: number;
  /** Two clients work for each. Default: four people. */
  readonly members?: readonly string[];
  /** How long what should be so may take to become so. Default: as long as healing may take. */
  readonly patienceMs?: number;
  /** Ends after so many checks, if not before. */
  readonly rounds?: number;
  /** Everything is checked after so many faults, and at the end. Default 15. */
  readonly checkEvery?: number;
  /** Default: drawn from the seed. */
  readonly next?: (cluster: Cluster) => { after: number; fault: Fault };
  readonly say?: (line: string) => void;
}
interface FaultReport {
  readonly kills: number;
  readonly faults: number;
  readonly acknowledged: number;
  /** The longest time between the end of the last fault before a check and the moment everybody was shown what they are owed, in milliseconds. */
  readonly healedInMs: number;
  /** What is broken, in words; [] when every promise was kept. */
  readonly broken: readonly string[];
  /** The faults in the order they were inflicted. */
  readonly schedule: readonly string[];
  readonly logs: string;
}

const clientsOfEach = 2;
const everybody = ['ann', 'bob', 'cem', 'dee'];
/** So many rounds the same people work; then others do, or the longest runs would look at long histories again and again. */
const roundsOfEach = 3;

/** People at work together, and what they were told. */
interface Household {
  readonly ledgers: readonly Ledger[];
  readonly importer: Member;
  readonly imported: Set<string>;
  /** What went wrong with an import, in words. */
  readonly broken: string[];
}

/** Eight clients of four people work while processes and servers die; what they were told is held against what is there. */
export async function runFaults(options: FaultRunOptions): Promise<FaultReport> {
  const random = mulberry32(options.seed);
  // what clients draw depends on who is answered first: it must not shift the schedule
  const whims = mulberry32(options.seed + 1);
  const cluster = await startCluster(options);
  const state = { kills: 0, faults: 0, healedInMs: 0, schedule: [] as string[], broken: [] as string[] };
  const households: Household[] = [];
  try {
    for (let n = 0; state.kills < options.kills && n < (options.rounds ?? Infinity) && state.broken.length === 0; n += 1) {
      if (n % roundsOfEach === 0) households.push(await moveIn(cluster, options.members ?? everybody, households.length));
      await round({ options, cluster, household: households.at(-1)!, random, whims, state });
    }
    // what was right once must not have been spoilt since
    for (const household of households.slice(0, -1)) state.broken.push(...(await settleAll(options, cluster, household)).trouble);
  } catch (error) {
    state.broken.push((error as Error).stack ?? String(error));
  }
  const unclean = await cluster.stop();
  const acknowledged = households.flatMap(({ ledgers }) => ledgers).reduce((sum, ledger) => sum + ledger.acknowledged, 0);
  return { ...state, broken: [...state.broken, ...unclean], acknowledged, logs: cluster.dataDir };
}

async function moveIn(cluster: Cluster, names: readonly string[], nth: number): Promise<Household> {
  const ledgers: Ledger[] = [];
  for (const name of names) ledgers.push(newLedger(await join(cluster, `${name}-${nth}@home.example`)));
  return { ledgers, importer: await join(cluster, `importer-${nth}@home.example`), imported: new Set(), broken: [] };
}

interface Round {
  readonly options: FaultRunOptions;
  readonly cluster: Cluster;
  readonly household: Household;
  readonly random: () => number;
  readonly whims: () => number;
  readonly state: { kills: number; faults: number; healedInMs: number; schedule: string[]; broken: string[] };
}

/** Some faults under load, then peace and a look at everything. */
async function round({ options, cluster, household, random, whims, state }: Round): Promise<void> {
  const { ledgers, importer: member, imported } = household;
  const { checkEvery = 15, say = () => {} } = options;
  const clients = ledgers.flatMap((ledger) => Array.from({ length: clientsOfEach }, () => createClient(cluster.url, ledger, whims)));
  const importer = createImporter(member, imported, household.broken);
  const written = (): number => ledgers.reduce((sum, ledger) => sum + ledger.acknowledged, 0);
  const isBroken = (): boolean => ledgers.some(({ broken }) => broken.length > 0);
  const names = cluster.instances.map(({ name }) => name);
  for (let n = 0; n < checkEvery && state.kills < options.kills && !isBroken(); n += 1) {
    const step = options.next?.(cluster) ?? nextStep({ instances: names, random, servers: cluster.servers.faults !== null });
    const enough = written() + step.after;
    await eventually(
      async () => written(),
      (count) => count >= enough || isBroken(),
      90_000,
    );
    say(describeFault(step.fault));
    state.schedule.push(describeFault(step.fault));
    state.kills += await inflict(cluster, step.fault, random);
    state.faults += 1;
  }
  const { healedInMs, told } = await healed({ options, cluster, household, state }, [...clients, importer]);
  state.healedInMs = Math.max(state.healedInMs, healedInMs);
  say(`${state.faults} faults, ${state.kills} kills, ${written()} acknowledged writes, ${told}: ${state.broken.length} broken`);
}

/** Peace, then the time until everybody is shown what they are owed, then a look at every promise. */
async function healed(
  { options, cluster, household, state }: Pick<Round, 'options' | 'cluster' | 'household' | 'state'>,
  clients: readonly Pick<Client, 'running' | 'stop'>[],
): Promise<{ healedInMs: number; told: string }> {
  const { patienceMs = healMs, say = () => {} } = options;
  const since = performance.now();
  await peace(cluster, clients);
  const readyMs = performance.now() - since;
  const { ledgers, importer, imported } = household;
  const waiting = [...ledgers.map((ledger) => ofLedger(cluster.url, ledger)), ofImporter(importer, imported)];
  const { afterMs, late } = await watchHealing(waiting, patienceMs);
  for (const line of late) say(`  late: ${line}`);
  const healedInMs = readyMs + afterMs;
  const look = await settleAll({ ...options, patienceMs: Math.max(0, patienceMs - afterMs) }, cluster, household);
  state.broken.push(...look.trouble);
  if (look.trouble.length > 0 && options.say) say(await lookOn(options, cluster, household));
  const told = `everybody was answered after ${seconds(readyMs)}, healed after ${seconds(healedInMs)}, every promise seen kept ${seconds(look.afterMs)} later`;
  return { healedInMs, told };
}

async function peace(cluster: Cluster, clients: readonly Pick<Client, 'running' | 'stop'>[]): Promise<void> {
  await cluster.heal();
  for (const client of clients) client.stop();
  await Promise.all(clients.map(({ running }) => running));
}

/** What becomes of what was broken when the time was up: late and lost are sought in different places. In words. */
async function lookOn({ patienceMs = healMs, ...options }: FaultRunOptions, cluster: Cluster, household: Household): Promise<string> {
  const { trouble, afterMs } = await settleAll({ ...options, patienceMs: patienceMs * 5 }, cluster, household);
  const more = `${seconds(afterMs)} more`;
  return trouble.length === 0 ? `late, not lost: nothing of it is left after ${more}` : `still so after ${more}`;
}

/** Looks at everything that can be looked at, until nothing is broken or there was time enough. */
async function settleAll({ patienceMs }: FaultRunOptions, cluster: Cluster, household: Household): Promise<Settled> {
  const { url } = cluster;
  const { ledgers, importer, imported } = household;
  const looks: (() => Promise<readonly string[]>)[] = [
    () => pendingIn(cluster),
    ...ledgers.map((ledger) => () => lookAtLedger(url, ledger)),
    async () => household.broken,
    () => lookAtImports(url, importer, imported),
    async () => cluster.instances.flatMap(({ crashes }) => crashes),
  ];
  const settled = await Promise.all(looks.map((look) => settle(look, patienceMs)));
  for (const { abandoned } of ledgers) abandoned.clear();
  return { trouble: settled.flatMap(({ trouble }) => trouble), afterMs: Math.max(...settled.map(({ afterMs }) => afterMs)) };
}
