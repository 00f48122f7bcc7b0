import { afterAll, expect, test } from '@jest/globals';
import { cleanUp, launch } from './support/launch.ts';
import { goLive } from './support/live.ts';
import { signUp } from './support/person.ts';

afterAll(cleanUp);

test('who is connected is told when the system ends', async () => {
  const system = await launch();
  const ann = await signUp(system, 'ann@home.example');
  const sockets = await Promise.all(Array.from({ length: 5 }, () => goLive(system.url, ann.tokens.accessToken)));
  expect(await system.stop()).toBe(0);
  expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1001, 1001, 1001, 1001, 1001]);
});
