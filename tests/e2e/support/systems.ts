import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSystemGround, type SystemGround } from '@commonpurse/shared/testing/servers';

/** One way to run the whole system. */
export interface SystemKind {
  readonly program: string;
  /** What its environment must hold beside what a test says. */
  readonly variables: Readonly<Record<string, string>>;
  /** The processes that a power cut takes besides the one that was started. */
  others(dataDir: string): Promise<readonly number[]>;
  /** Nothing of it is left but its `DATA_DIR`. */
  drop(): Promise<void>;
}

const embedded: SystemKind = { program: 'all-in-one/src/main.ts', variables: {}, others: async () => [], drop: async () => {} };

/** Chosen by the variable SYSTEM: `embedded`, which is also meant by none, or `distributed`, which takes the servers' URLs. */
export async function chosenSystem(): Promise<SystemKind> {
  const { SYSTEM = 'embedded' } = process.env;
  if (SYSTEM === 'embedded') return embedded;
  if (SYSTEM !== 'distributed') throw new Error(`SYSTEM is embedded or distributed, not ${SYSTEM}`);
  return distributedOn(await openSystemGround());
}

const distributedOn = ({ variables, drop }: SystemGround): SystemKind => ({
  program: 'distributed/src/main.ts',
  variables,
  others: async (dataDir) => (await processesIn(dataDir)).map(({ pid }) => pid).filter((pid) => pid !== null),
  drop,
});

/** A single process of a distributed system. */
export interface ProcessStatus {
  readonly name: string;
  readonly service: string;
  readonly pid: number | null;
  readonly state: string;
  readonly restarts: number;
  readonly url: string;
  readonly adminUrl: string;
}
/** As the launcher keeps it up to date; empty where everything is one process. */
export async function processesIn(dataDir: string): Promise<readonly ProcessStatus[]> {
  const text = await readFile(join(dataDir, 'processes.json'), 'utf8').catch(() => '{ "processes": [] }');
  return (JSON.parse(text) as { processes: ProcessStatus[] }).processes;
}
