import { account } from './support/account.ts';
import { medianOfThree } from './support/load.ts';
import { startLimit, startSystem } from './support/processes.ts';
import type { Figure } from './support/figure.ts';

const categories = ['Food', 'Rent', 'Travel', 'Health', 'Fun', 'Home', 'Car', 'Gifts'];
/** A year of everyday expenses, in turn: as people enter them, not ten thousand on one day. */
export const bodies = Array.from({ length: 366 }, (_, day) => {
  const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
  const category = categories[day % categories.length];
  return JSON.stringify({ type: 'expense', category, amount: '12.50', currency: 'EUR', date, description: `Coffee beans ${day}` });
});

/** Creating an expense through the gateway, 50 connections, against appending a line. */
export async function create(): Promise<Figure[]> {
  const limit = await startLimit();
  const headers = { 'content-type': 'application/json' };
  const bare = await medianOfThree({ url: `${limit.url}/records`, method: 'POST', headers, bodies, connections: 50 });
  await limit.stop();
  const system = await startSystem();
  const { headers: signedIn } = await account(system);
  const ours = await medianOfThree({ url: `${system.url}/records`, method: 'POST', headers: signedIn, bodies, connections: 50 });
  await system.stop();
  return [
    {
      name: 'create an expense, 50 connections',
      ours: `${ours.perSecond.toFixed(0)}/s (p99 ${ours.p99Ms} ms)`,
      limit: `${bare.perSecond.toFixed(0)}/s`,
      ratio: ours.perSecond / bare.perSecond,
      wanted: '>= 0.20',
    },
  ];
}
