import { account } from './support/account.ts';
import type { Figure } from './support/figure.ts';
import { against, bareRate } from './support/bare-rate.ts';
import { medianOfThree } from './support/load.ts';
import { type Program, startLimit, startSystem } from './support/processes.ts';
import { importStatement } from './support/statement.ts';

const path = '/records?category=Food&limit=50';
const upload = { MAX_UPLOAD_BYTES: String(512 * 1024 * 1024) };

async function systemWith(rows: number): Promise<{ system: Program; headers: Record<string, string> }> {
  const system = await startSystem(undefined, upload);
  const { token, headers } = await account(system);
  await importStatement(system, token, rows);
  await system.settled();
  return { system, headers };
}
async function rateAt(rows: number): Promise<number> {
  const { system, headers } = await systemWith(rows);
  const { perSecond } = await medianOfThree({ url: system.url + path, headers, connections: 10 });
  await system.stop();
  return perSecond;
}

/** The 50 newest of one category, out of 100,000. */
export async function list(): Promise<Figure[]> {
  const bare = await bareRate(startLimit, '/records?category=Food', { connections: 10 });
  const ours = await rateAt(100_000);
  return [
    { name: 'list 50 newest of a category, 100,000 records', ours: `${ours.toFixed(0)}/s`, ...against(ours, bare), wanted: '>= 0.25' },
  ];
}

/** The same page at a million against at ten thousand. */
export async function million(): Promise<Figure[]> {
  const [few, many] = [await rateAt(10_000), await rateAt(1_000_000)];
  return [
    {
      name: 'list at 1,000,000 records against 10,000',
      ours: `${many.toFixed(0)}/s`,
      limit: `${few.toFixed(0)}/s`,
      ratio: few / many,
      wanted: '<= 1.3',
    },
  ];
}
