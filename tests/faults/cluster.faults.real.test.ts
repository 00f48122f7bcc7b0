import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cleanUp } from '../e2e/support/launch.ts';
import { runFaults } from './cluster/run-faults.ts';
import { openServers, type Servers } from './cluster/servers.ts';

/** Another seed is another schedule; a failure is replayed by `npm run test:faults -- --kills 40 --seed <seed>`. */
const seed = Number(process.env['FAULTS_SEED'] ?? '20');

let servers: Servers;
beforeAll(async () => {
  servers = await openServers();
});
afterAll(async () => {
  await servers.close();
  await cleanUp();
});

test(`every promise is kept while processes and servers die (seed ${seed})`, async () => {
  const { broken, kills, acknowledged, schedule } = await runFaults({ servers, seed, kills: 40 });
  expect({ broken, schedule: broken.length > 0 ? schedule : [] }).toEqual({ broken: [], schedule: [] });
  expect(kills).toBeGreaterThanOrEqual(40);
  expect(acknowledged).toBeGreaterThan(500);
}, 1_500_000);
