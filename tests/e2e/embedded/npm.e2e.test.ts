import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { inheritedEnvironment } from '../support/inherited.ts';
import { cleanUp, killHard, temporaryFolder } from '../support/launch.ts';

let npm: ChildProcess;
afterAll(async () => {
  killHard(-npm.pid!);
  await cleanUp();
});

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('npm start, whose npm alone gets the signal, leaves nothing running', async () => {
  const env = { ...inheritedEnvironment(), PORT: '0', DATA_DIR: await temporaryFolder() };
  // in a group of its own, which is ended whole should the test fail
  npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const closed = once(npm, 'close');
  let said = '';
  npm.stdout!.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const url = await eventually(
    async () => /API +(http:\S+)[^]*Ctrl-C/.exec(said)?.[1],
    (found) => found !== undefined,
  );
  npm.kill('SIGTERM');
  // whoever is left holds its output open
  await closed;
  await expect(fetch(url!)).rejects.toThrow('fetch failed');
});
