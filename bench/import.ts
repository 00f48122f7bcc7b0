import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { account } from './support/account.ts';
import type { Figure } from './support/figure.ts';
import { startSystem, temporaryFolder } from './support/processes.ts';
import { importStatement } from './support/statement.ts';

const rows = 100_000;

/** A bare loop: 500 lines, one write, one sync, and so on. */
async function bareMs(): Promise<number> {
  const file = await open(join(await temporaryFolder(), 'bare.jsonl'), 'a');
  const startedAt = performance.now();
  for (let from = 0; from < rows; from += 500) {
    const lines = Array.from({ length: 500 }, (_, n) =>
      JSON.stringify({
        _id: crypto.randomUUID(),
        version: 1,
        type: 'expense',
        amountMinor: from + n,
        currency: 'EUR',
        date: '2024-03-02',
        description: `Payment number ${from + n}`,
        category: 'Food',
      }),
    );
    await file.write(`${lines.join('\n')}\n`);
    await file.datasync();
  }
  const tookMs = performance.now() - startedAt;
  await file.close();
  return tookMs;
}

/** Importing 100,000 rows of CSV: from the first byte uploaded to `done`, and the memory that it takes at most. */
export async function imports(): Promise<Figure[]> {
  const bare = await bareMs();
  const system = await startSystem();
  const { token } = await account(system);
  await importStatement(system, token, 1_000);
  const before = await system.memory();
  let most = before;
  const watch = setInterval(() => void system.memory().then((now) => (most = Math.max(most, now))), 50);
  const ours = await importStatement(system, token, rows);
  clearInterval(watch);
  await system.stop();
  const perSecond = (ms: number): number => (rows / ms) * 1000;
  const grownMb = (most - before) / 1024 ** 2;
  return [
    {
      name: 'import of 100,000 rows of CSV',
      ours: `${perSecond(ours).toFixed(0)} rows/s`,
      limit: `${perSecond(bare).toFixed(0)} rows/s`,
      ratio: bare / ours,
      wanted: '>= 0.2',
    },
    {
      name: 'import of 100,000 rows against 15,000 rows/s',
      ours: `${perSecond(ours).toFixed(0)} rows/s`,
      limit: '15000 rows/s',
      ratio: perSecond(ours) / 15_000,
      wanted: '>= 1',
    },
    {
      name: 'memory that the import adds, records included',
      ours: `${grownMb.toFixed(0)} MB`,
      limit: '250 MB',
      ratio: grownMb / 250,
      wanted: '<= 1',
    },
  ];
}
