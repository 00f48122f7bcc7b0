import { mulberry32 } from '@commonpurse/shared/messaging/in-process';
import { checkImports, checkLedger, toldAs } from './checks.ts';
import { type Client, createClient, type Ledger, newLedger } from './client.ts';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
import { join, type Member } from './household.ts';
import { createImporter } from './importer.ts';
import { inflict } from './inflict.ts';
import { describeFault, type Fault, nextStep } from './schedule.ts';
import { pendingIn } from './pending.ts';
import { eventually } from '../../e2e/support/eventually.ts';

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
export interface FaultReport {
  readonly kills: number;
  readonly faults: number;
  readonly acknowledged: number;
  /** The longest time between the end of the last fault before a check and everything being as it should, in milliseconds. */
  readonly healedInMs: number;
  /** What is broken, in words; [] when every promise was kept. */
  readonly broken: readonly string[];
  /** The faults in the order they were inflicted. */
  readonly schedule: readonly string[];
  readonly logs: string;
}

const clientsOfEach = 2;
const everybody = ['ann', 'bob', 'cem', 'dee'];

/** Eight clients of four people work while processes and servers die; what they were told is held against what is there. */
export async function runFaults(options: FaultRunOptions): Promise<FaultReport> {
  const random = mulberry32(options.seed);
  // what clients draw depends on who is answered first: it must not shift the schedule
  const whims = mulberry32(options.seed + 1);
  const cluster = await startCluster(options);
  const state = { kills: 0, faults: 0, healedInMs: 0, schedule: [] as string[], broken: [] as string[] };
  const ledgers: Ledger[] = [];
  const imports: Imports = { imported: new Set(), broken: [] };
  try {
    for (const name of options.members ?? everybody) ledgers.push(newLedger(await join(cluster, `${name}@home.example`)));
    imports.member = await join(cluster, 'importer@home.example');
    for (let n = 0; state.kills < options.kills && n < (options.rounds ?? Infinity) && state.broken.length === 0; n += 1)
      await round({ options, cluster, ledgers, imports, random, whims, state });
  } catch (error) {
    state.broken.push((error as Error).stack ?? String(error));
  }
  const unclean = await cluster.stop();
  const acknowledged = ledgers.reduce((sum, ledger) => sum + ledger.acknowledged, 0);
  return { ...state, broken: [...state.broken, ...unclean], acknowledged, logs: cluster.dataDir };
}

interface Imports {
  member?: Member;
  readonly imported: Set<string>;
  readonly broken: string[];
}
interface Round {
  readonly options: FaultRunOptions;
  readonly cluster: Cluster;
  readonly ledgers: readonly Ledger[];
  readonly imports: Imports;
  readonly random: () => number;
  readonly whims: () => number;
  readonly state: { kills: number; faults: number; healedInMs: number; schedule: string[]; broken: string[] };
}

/** Some faults under load, then peace and a look at everything. */
async function round({ options, cluster, ledgers, imports, random, whims, state }: Round): Promise<void> {
  const { checkEvery = 15, say = () => {} } = options;
  const clients = ledgers.flatMap((ledger) => Array.from({ length: clientsOfEach }, () => createClient(cluster.url, ledger, whims)));
  const importer = createImporter(imports.member!, imports.imported, imports.broken);
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
  const healingSince = performance.now();
  await peace(cluster, [...clients, importer]);
  state.broken.push(...(await checkAll({ options, cluster, ledgers, imports })));
  state.healedInMs = Math.max(state.healedInMs, performance.now() - healingSince);
  say(`checked after ${state.faults} faults, ${state.kills} kills, ${written()} acknowledged writes: ${state.broken.length} broken`);
}

async function peace(cluster: Cluster, clients: readonly Pick<Client, 'running' | 'stop'>[]): Promise<void> {
  await cluster.heal();
  for (const client of clients) client.stop();
  await Promise.all(clients.map(({ running }) => running));
}

/** Everything that can be looked at; where what is broken need only be found, no further than the first of it. */
async function checkAll({
  options,
  cluster,
  ledgers,
  imports,
}: Pick<Round, 'options' | 'cluster' | 'ledgers' | 'imports'>): Promise<string[]> {
  const { patienceMs } = options;
  const looks: (() => Promise<readonly string[]> | readonly string[])[] = [
    () => toldAs('entries in outboxes and parked events', async () => pendingIn(cluster), 'none', patienceMs),
    ...ledgers.map((ledger) => () => checkLedger(cluster.url, ledger, patienceMs)),
    () => imports.broken,
    () => checkImports(cluster.url, imports.member!, imports.imported, patienceMs),
    () => cluster.instances.flatMap(({ crashes }) => crashes),
  ];
  const broken: string[] = [];
  for (const look of looks) {
    broken.push(...(await look()));
    if (patienceMs !== undefined && broken.length > 0) break;
  }
  return broken;
}
