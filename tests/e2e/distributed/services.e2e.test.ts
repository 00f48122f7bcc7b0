import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs a program to its end; the variables that it names, line by line. */
async function refusal(program: string, env: Record<string, string> = {}, args: readonly string[] = []): Promise<string[]> {
  const child = spawn(process.execPath, [program, ...args], { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/^(commonpurse\S*: .+\n)+$/) });
  return said.trimEnd().split('\n');
}
const named = (lines: readonly string[]): string[] => lines.map((line) => /^commonpurse\S*: (\w+):/.exec(line)![1]!).toSorted();

const servers = ['MONGODB_URL', 'RABBITMQ_URL', 'REDIS_URL'];
const keys = ['ENCRYPTION_KEYS', 'INTERNAL_KEY'];
const urls = ['AUTH_URL', 'BUDGETS_URL', 'NOTIFICATIONS_URL', 'RECORDS_URL'];

describe('a service that is started by itself', () => {
  test.each([
    ['gateway', ['INTERNAL_KEY', 'REDIS_URL', ...urls]],
    ['auth', [...servers, ...keys, 'JWT_PRIVATE_KEY', ...urls.filter((name) => name !== 'AUTH_URL')]],
    ['records', [...servers, ...keys, ...urls.filter((name) => name !== 'RECORDS_URL')]],
    ['budgets', [...servers, ...keys, ...urls.filter((name) => name !== 'BUDGETS_URL')]],
    ['notifications', [...servers, ...keys, ...urls.filter((name) => name !== 'NOTIFICATIONS_URL')]],
  ])('%s names everything that it is missing', async (name, missing) => {
    expect(named(await refusal(`services/${name}/src/main.ts`))).toEqual(missing.toSorted());
  });

  test('names what is wrong beside what is missing, and keeps the values to itself', async () => {
    const wrong = { PORT: 'high', DATABASE_TYPE: 'json', INTERNAL_KEY: 'secret', MAX_UPLOAD_BYTES: 'all', RABBITMQ_URL: 'http://broker' };
    const lines = await refusal('services/records/src/main.ts', wrong);
    expect(named(lines)).toEqual(expect.arrayContaining(Object.keys(wrong)));
    for (const value of Object.values(wrong)) expect(lines.map((line) => line.split(': ').slice(2).join(': '))).not.toContain(value);
  });
});

describe('the launcher', () => {
  const program = 'distributed/src/main.ts';
  test('names the servers that it was not told of, and what they are for', async () => {
    const lines = await refusal(program);
    expect(named(lines)).toEqual(servers);
    expect(lines.join('\n')).toMatch(/MONGODB_URL: is required: .*mongodb:\/\/[^]*RABBITMQ_URL: .*amqp:\/\/[^]*REDIS_URL: .*redis:\/\//);
  });

  test('names each server that does not answer', async () => {
    const nobody = { MONGODB_URL: 'mongodb://127.0.0.1:1', RABBITMQ_URL: 'amqp://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' };
    const lines = await refusal(program, { ...nobody, DATA_DIR: '/dev/null' });
    expect(named(lines)).toEqual(servers);
    expect(lines.every((line) => line.includes('127.0.0.1:1'))).toBe(true);
  });

  test('says what is wrong with its scale', async () => {
    expect(await refusal(program, {}, ['--scale', 'records=many'])).toEqual([expect.stringContaining('--scale: records=many')]);
  });
});
