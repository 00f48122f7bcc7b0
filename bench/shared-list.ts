import { sendRequest } from '@commonpurse/shared/testing';
import { account } from './support/account.ts';
import type { Figure } from './support/figure.ts';
import { medianOfThree } from './support/load.ts';
import { startSystem } from './support/processes.ts';
import { importStatement } from './support/statement.ts';

const grants = 50;

/** The 50 newest of what a viewer may see, who has 50 grants by record id, against the 50 newest of the owner, who has 100,000. */
export async function sharedList(): Promise<Figure[]> {
  const system = await startSystem();
  const owner = await account(system);
  await importStatement(system, owner.token, 100_000);
  await system.settled();
  const viewer = await account(system, 'viewer@home.example');
  for (const recordId of await spread(system.url, owner.token)) {
    const share = { granteeEmail: 'viewer@home.example', access: 'view', scope: { kind: 'records', recordIds: [recordId] } };
    const { status, text } = await sendRequest(system.url, 'POST', '/users/share-permission', { token: owner.token, body: share });
    if (status !== 201) throw new Error(`share: ${text}`);
  }
  const rateOf = async (headers: Record<string, string>, url: string): Promise<number> =>
    (await medianOfThree({ url: system.url + url, headers, connections: 10 })).perSecond;
  const seen = await sendRequest(system.url, 'GET', '/records?limit=50&owner=all', { token: viewer.token });
  if (seen.body.items.length !== grants) throw new Error(`the viewer sees ${seen.body.items.length} records`);
  const own = await rateOf(owner.headers, '/records?limit=50');
  const shared = await rateOf(viewer.headers, '/records?limit=50&owner=all');
  await system.stop();
  return [
    {
      name: 'list for a viewer with 50 grants by id over 100,000 records',
      ours: `${shared.toFixed(0)}/s`,
      limit: `${own.toFixed(0)}/s`,
      ratio: own / shared,
      wanted: '<= 1.5',
    },
  ];
}

/** Ids of records all over the three years. */
async function spread(url: string, token: string): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < grants; n += 1) {
    const to = new Date(Date.UTC(2022, 0, 21 + n * 20)).toISOString().slice(0, 10);
    const { body } = await sendRequest(url, 'GET', `/records?limit=1&to=${to}`, { token });
    ids.push(body.items[0].id);
  }
  return ids;
}
