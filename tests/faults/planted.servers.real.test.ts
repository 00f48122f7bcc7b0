import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cleanUp } from '../e2e/support/launch.ts';
import { plantedMistakes, programOf, stepsOf } from './cluster/planted.ts';
import { runFaults } from './cluster/run-faults.ts';
import { openServers, type Servers } from './cluster/servers.ts';

/** A harness that finds nothing proves nothing: each of these mistakes, planted in one service, must be found by the same run. */
describe('the harness finds', () => {
  let servers: Servers;
  beforeEach(async () => {
    servers = { ...(await openServers()), faults: null };
  });
  afterEach(async () => {
    await servers.close();
    await cleanUp();
  });

  test.each(plantedMistakes.map((mistake) => [mistake.name, mistake] as const))(
    '%s',
    async (_, mistake) => {
      const programs = { [mistake.service]: programOf(mistake) };
      const small = { scale: { records: 1, notifications: 1 }, members: ['ann', 'bob'], rounds: 6, checkEvery: 3, patienceMs: 10_000 };
      const { broken } = await runFaults({ servers, seed: 1, kills: Infinity, ...small, programs, next: stepsOf(mistake) });
      expect(broken).not.toEqual([]);
    },
    300_000,
  );
});
