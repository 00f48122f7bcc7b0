import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { inheritedEnvironment } from '../support/inherited.ts';
import { cleanUp, killHard, temporaryFolder } from '../support/launch.ts';

let npm: ChildProcess;
afterEach(async () => {
  killHard(-npm.pid!);
  await cleanUp();
});

const root = fileURLToPath(new URL('../../..', import.meta.url));

test.each([
  ['SIGTERM', 'npm alone', (pid: number) => pid],
  ['SIGTERM', 'its whole group', (pid: number) => -pid],
  ['SIGINT', 'its whole group', (pid: number) => -pid],
] as const)('%s ends npm start with 0 once everything has ended, where %s gets it', async (signal, _who, addressOf) => {
  const env = { ...inheritedEnvironment(), PORT: '0', DATA_DIR: await temporaryFolder() };
  // in a group of its own, which is ended whole should the test fail
  npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  // whoever is left holds its output open
  const closed = once(npm, 'close');
  let said = '';
  npm.stdout!.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const url = await eventually(
    async () => /API +(http:\S+)[^]*Ctrl-C/.exec(said)?.[1],
    (found) => found !== undefined,
  );
  process.kill(addressOf(npm.pid!), signal);
  expect(await closed).toEqual([0, null]);
  await expect(fetch(url!)).rejects.toThrow('fetch failed');
});
