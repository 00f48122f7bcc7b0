import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLogger } from './create-logger.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
});
afterEach(() => rm(folder, { recursive: true }));

const linesIn = async (dir: string): Promise<Record<string, unknown>[]> => {
  const names = await readdir(dir);
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
  const lines = texts.join('').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('The log', () => {
  test('is a file that says when it was begun, in a folder made for it', async () => {
    const dir = join(folder, 'deep', 'logs');
    const log = await createLogger({ level: 'info', name: 'records', dir });
    log.info({ requestId: 'r-1' }, 'hello');
    log.debug('not this');
    await promisify(log.flush.bind(log))();
    const lines = await linesIn(dir);
    expect(lines).toEqual([expect.objectContaining({ level: 30, name: 'records', requestId: 'r-1', msg: 'hello' })]);
    expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect((await readdir(dir)).every((name) => /^records\.\d{4}-\d\d-\d\d\.\d+\.log$/.test(name))).toBe(true);
  });

  test('holds no secret, down to the third level', async () => {
    const log = await createLogger({ level: 'info', name: 'auth', dir: folder });
    const secret = 'hunter2';
    log.info({ password: secret, accessToken: secret, requestId: 'kept' }, 'one');
    log.info({
      body: { password: secret, refreshToken: secret, token: secret },
      headers: { authorization: secret, cookie: secret, 'set-cookie': secret },
    });
    log.info({ req: { headers: { authorization: secret, Authorization: secret }, body: { secret, ticket: secret } } });
    await promisify(log.flush.bind(log))();
    const text = JSON.stringify(await linesIn(folder));
    expect(text).not.toContain(secret);
    expect(text.match(/\[redacted\]/g)).toHaveLength(12);
    expect(text).toContain('kept');
  });

  test('goes to stdout without a folder', async () => {
    const script = `
      import { createLogger } from ${JSON.stringify(new URL('./create-logger.ts', import.meta.url).href)};
      (await createLogger({ level: 'warn', name: 'x' })).warn({ token: 'hunter2' }, 'seen');`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(JSON.parse(stdout)).toMatchObject({ level: 40, msg: 'seen', token: '[redacted]' });
  });
});
