import { afterAll, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { cleanUp, launch } from '../support/launch.ts';
import { goLive } from '../support/live.ts';
import { signUp } from '../support/person.ts';
import { processesIn } from '../support/systems.ts';

afterAll(cleanUp);

test('who is connected is told when the gateway alone is restarted, and comes back', async () => {
  const system = await launch();
  const gateway = async () => (await processesIn(system.dataDir)).find(({ service }) => service === 'gateway')!;
  const { pid } = await eventually(gateway, (found) => found?.state === 'ready');
  const ann = await signUp(system, 'ann@home.example');
  const sockets = await Promise.all(Array.from({ length: 5 }, () => goLive(system.url, ann.tokens.accessToken)));
  process.kill(pid!, 'SIGTERM');
  expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1001, 1001, 1001, 1001, 1001]);
  await eventually(gateway, ({ state, restarts }) => state === 'ready' && restarts > 0);
  await (await goLive(system.url, ann.tokens.accessToken)).close();
});
