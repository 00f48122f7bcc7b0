import { openSystemGround, type SystemGround } from '@commonpurse/shared/testing/servers';
import { processesIn } from '../tests/e2e/support/systems.ts';
import { bodies } from './create.ts';
import { alertFigures } from './latency.ts';
import { account } from './support/account.ts';
import type { Figure } from './support/figure.ts';
import { type Load, medianOfThree } from './support/load.ts';
import { memoryOf, type Program, startDistributed, startServersLimit } from './support/processes.ts';
import { importStatement } from './support/statement.ts';

const rows = 100_000;
const megabyte = 1024 ** 2;

/** What is left out where a variable that names a server is missing; null: nothing is. */
export function missingServers(): string | null {
  const missing = ['MONGODB_URL', 'RABBITMQ_URL', 'REDIS_URL'].filter((name) => !process.env[name]);
  return missing.length === 0 ? null : `${missing.join(', ')} not set`;
}

/** One process of each service on the servers that the environment names, against a bare program on the same servers in the same run. */
export async function distributed(): Promise<Figure[]> {
  const ground = await openSystemGround();
  try {
    const bare = await measureLimit(ground);
    // what is measured is not a first start, which compiles the code and makes the databases
    await (await startDistributed(ground.variables)).stop();
    const system = await startDistributed(ground.variables);
    const figures = await figuresOf(system, bare);
    await system.stop();
    return figures;
  } finally {
    await ground.drop();
  }
}

interface Bare {
  readonly create: Load;
  readonly importMs: number;
}
async function measureLimit({ variables }: SystemGround): Promise<Bare> {
  const limit = await startServersLimit(variables);
  const headers = { 'content-type': 'application/json' };
  const create = await medianOfThree({ url: `${limit.url}/records`, method: 'POST', headers, bodies, connections: 50 });
  const { ms } = (await (await fetch(limit.url, { method: 'PUT' })).json()) as { ms: number };
  await limit.stop();
  return { create, importMs: ms };
}

async function figuresOf(system: Program, bare: Bare): Promise<Figure[]> {
  const idle = await Promise.all((await processesIn(system.dataDir)).map(async ({ pid }) => (await memoryOf(pid!)) / megabyte));
  const alerts = await alertFigures(system, 'distributed: expense to budget.alert', [25, 100]);
  const { headers } = await account(system);
  const ours = await medianOfThree({ url: `${system.url}/records`, method: 'POST', headers, bodies, connections: 50 });
  const importer = await account(system, 'importer@home.example');
  await importStatement(system, importer.token, 1_000);
  const importMs = await importStatement(system, importer.token, rows);
  const perSecond = (ms: number): string => `${((rows / ms) * 1000).toFixed(0)} rows/s`;
  return [
    {
      name: 'five processes ready, from the start',
      ours: `${system.startedInMs.toFixed(0)} ms`,
      limit: '5000 ms',
      ratio: system.startedInMs / 5_000,
      wanted: '<= 1',
    },
    {
      name: 'memory of an idle service at most',
      ours: `${Math.max(...idle).toFixed(0)} MB`,
      limit: '120 MB',
      ratio: Math.max(...idle) / 120,
      wanted: '<= 1',
    },
    ...alerts,
    {
      name: 'distributed: create an expense, 50 connections',
      ours: `${ours.perSecond.toFixed(0)}/s (p99 ${ours.p99Ms} ms)`,
      limit: `${bare.create.perSecond.toFixed(0)}/s`,
      ratio: ours.perSecond / bare.create.perSecond,
      wanted: '>= 0.35',
    },
    {
      name: 'distributed: import of 100,000 rows of CSV',
      ours: perSecond(importMs),
      limit: perSecond(bare.importMs),
      ratio: bare.importMs / importMs,
      wanted: '>= 0.3',
    },
  ];
}
