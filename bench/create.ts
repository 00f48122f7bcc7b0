import { account } from './support/account.ts';
import { against, bareRate } from './support/bare-rate.ts';
import { medianOfThree } from './support/load.ts';
import { startDocumentsLimit, startLibrariesLimit, startLimit, startSystem } from './support/processes.ts';
import type { Figure } from './support/figure.ts';

const categories = ['Food', 'Rent', 'Travel', 'Health', 'Fun', 'Home', 'Car', 'Gifts'];
/** A year of everyday expenses, in turn: as people enter them, not ten thousand on one day. */
export const bodies = Array.from({ length: 366 }, (_, day) => {
  const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
  const category = categories[day % categories.length];
  return JSON.stringify({ type: 'expense', category, amount: '12.50', currency: 'EUR', date, description: `Coffee beans ${day}` });
});

/** Creating an expense through the gateway, 50 connections, against appending a line; against appending all that is kept of it, which shows how
 *  much of the distance is what the five services write down; and against appending a line behind a gateway that does nothing, which shows how much is
 *  the way there. */
export async function create(): Promise<Figure[]> {
  const load = { method: 'POST', bodies, connections: 50 } as const;
  const bare = { ...load, headers: { 'content-type': 'application/json' } };
  const line = await bareRate(startLimit, '/records', bare);
  const documents = await bareRate(startDocumentsLimit, '/records', bare);
  const libraries = await bareRate(startLibrariesLimit, '/records', bare);
  const system = await startSystem();
  const { headers } = await account(system);
  const { perSecond, p99Ms } = await medianOfThree({ url: `${system.url}/records`, headers, ...load });
  await system.stop();
  const ours = `${perSecond.toFixed(0)}/s (p99 ${p99Ms} ms)`;
  return [
    { name: 'create an expense, 50 connections', ours, ...against(perSecond, line), wanted: '>= 0.20' },
    { name: 'the same against all documents of it, appended', ours, ...against(perSecond, documents), wanted: null },
    { name: 'the same against its libraries with nothing in them', ours, ...against(perSecond, libraries), wanted: null },
  ];
}
