import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProcessPlan } from './plan.ts';
import { startChild } from './start-child.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commonpurse-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const planWith = (env: Record<string, string>): ProcessPlan => ({ name: 'auth-1', service: 'auth', url: '', adminUrl: '', env });
const start = async (program: string, env: Record<string, string> = {}) => {
  const file = join(folder, 'program.mjs');
  await writeFile(file, program);
  const heard: string[] = [];
  const child = startChild(
    (name, line) => heard.push(`${name}: ${line}`),
    () => file,
  )(planWith(env));
  return { child, heard };
};

describe('A process', () => {
  test('has the environment that it was given and no other, says its lines, and when it is ready', async () => {
    const { child, heard } = await start(
      `process.once('SIGTERM', () => process.exit(3)); process.on('disconnect', () => process.exit(7));
       console.log(Object.keys(process.env).filter((name) => !/^(NODE_CHANNEL|__)/.test(name)).join());
       console.error('on the other stream'); process.send('unready'); process.send('ready');`,
      { PORT: '1' },
    );
    await child.ready;
    child.signal('SIGTERM');
    expect([await child.ended, heard.toSorted()]).toEqual([3, ['auth-1: PORT', 'auth-1: on the other stream']]);
  });

  test('tells that a signal ended it', async () => {
    const { child } = await start(`process.send('ready'); setInterval(() => {}, 1000);`);
    await child.ready;
    expect(child.pid).toBeGreaterThan(1);
    child.signal('SIGKILL');
    expect(await child.ended).toBeNull();
  });
});
