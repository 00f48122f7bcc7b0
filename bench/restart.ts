import { account } from './support/account.ts';
import type { Figure } from './support/figure.ts';
import { startSystem, temporaryFolder } from './support/processes.ts';
import { importStatement } from './support/statement.ts';

async function restartWith(rows: number): Promise<{ ms: number; bytes: number }> {
  const dataDir = await temporaryFolder();
  const first = await startSystem(dataDir, { MAX_UPLOAD_BYTES: String(512 * 1024 * 1024) });
  const { token } = await account(first);
  if (rows > 0) await importStatement(first, token, rows);
  await first.stop();
  const again = await startSystem(dataDir);
  const result = { ms: again.startedInMs, bytes: await again.memory() };
  await again.stop();
  return result;
}

/** From starting the program to its being ready: empty, with 100,000 records, with a million; and what a record costs in memory then. */
export async function restart(): Promise<Figure[]> {
  const [none, some, many] = [await restartWith(0), await restartWith(100_000), await restartWith(1_000_000)];
  const aRecord = (many.bytes - none.bytes) / 1_000_000;
  return [
    { name: 'ready when empty', ours: `${none.ms.toFixed(0)} ms`, limit: '3000 ms', ratio: none.ms / 3_000, wanted: '<= 1' },
    {
      name: 'restart with 100,000 records, beyond that',
      ours: `${(some.ms - none.ms).toFixed(0)} ms`,
      limit: '3000 ms',
      ratio: (some.ms - none.ms) / 3_000,
      wanted: '<= 1',
    },
    {
      name: 'restart with 1,000,000 records',
      ours: `${many.ms.toFixed(0)} ms`,
      limit: '15000 ms',
      ratio: many.ms / 15_000,
      wanted: '<= 1',
    },
    {
      name: 'memory a record at 1,000,000, everything included',
      ours: `${aRecord.toFixed(0)} bytes`,
      limit: '1536 bytes',
      ratio: aRecord / 1_536,
      wanted: '<= 1',
    },
  ];
}
