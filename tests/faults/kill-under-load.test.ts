import { afterEach, expect, test } from '@jest/globals';
import { cleanUp } from '../e2e/support/launch.ts';
import { killUnderLoad } from './kill-under-load.ts';

afterEach(cleanUp);

test('nothing acknowledged is lost and the budget adds up, however often the process is killed', async () => {
  const { acknowledged } = await killUnderLoad({ kills: 3, seed: 7 });
  expect(acknowledged).toBeGreaterThanOrEqual(60);
}, 900_000);
