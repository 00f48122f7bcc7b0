import { sendRequest } from '@commonpurse/shared/testing';
import { account } from './support/account.ts';
import type { Figure } from './support/figure.ts';
import { medianOfThree } from './support/load.ts';
import { startLimit, startSystem } from './support/processes.ts';
import { importStatement } from './support/statement.ts';

/** A yearly budget's progress with 100,000 records behind it. */
export async function progress(): Promise<Figure[]> {
  const limit = await startLimit();
  const bare = await medianOfThree({ url: `${limit.url}/progress`, connections: 10 });
  await limit.stop();
  const system = await startSystem();
  const { token, headers } = await account(system);
  await importStatement(system, token, 100_000);
  await system.settled();
  const budget = { name: 'All', amount: '9999999.00', currency: 'EUR', period: 'yearly', startDate: '2022-01-01' };
  const created = await sendRequest(system.url, 'POST', '/budgets', { token, body: budget });
  const ours = await medianOfThree({ url: `${system.url}/budgets/${created.body.id}/progress?date=2023-06-15`, headers, connections: 10 });
  await system.stop();
  return [
    {
      name: 'budget progress over 100,000 records',
      ours: `${ours.perSecond.toFixed(0)}/s`,
      limit: `${bare.perSecond.toFixed(0)}/s`,
      ratio: ours.perSecond / bare.perSecond,
      wanted: '>= 0.15',
    },
  ];
}
