import { sendRequest } from '@commonpurse/shared/testing';
import { account } from './support/account.ts';
import type { Figure } from './support/figure.ts';
import { against, bareRate } from './support/bare-rate.ts';
import { medianOfThree } from './support/load.ts';
import { startLibrariesLimit, startLimit, startSystem } from './support/processes.ts';
import { importStatement } from './support/statement.ts';

/** A yearly budget's progress with 100,000 records behind it, against a constant; and against the same behind a gateway that does nothing, which
 *  shows how much of the distance is the way there. */
export async function progress(): Promise<Figure[]> {
  const bare = await bareRate(startLimit, '/progress', { connections: 10 });
  const libraries = await bareRate(startLibrariesLimit, '/progress', { connections: 10 });
  const system = await startSystem();
  const { token, headers } = await account(system);
  await importStatement(system, token, 100_000);
  await system.settled();
  const budget = { name: 'All', amount: '9999999.00', currency: 'EUR', period: 'yearly', startDate: '2022-01-01' };
  const created = await sendRequest(system.url, 'POST', '/budgets', { token, body: budget });
  const { perSecond } = await medianOfThree({
    url: `${system.url}/budgets/${created.body.id}/progress?date=2023-06-15`,
    headers,
    connections: 10,
  });
  await system.stop();
  const ours = `${perSecond.toFixed(0)}/s`;
  return [
    { name: 'budget progress over 100,000 records', ours, ...against(perSecond, bare), wanted: '>= 0.15' },
    { name: 'the same against its libraries with nothing in them', ours, ...against(perSecond, libraries), wanted: null },
  ];
}
