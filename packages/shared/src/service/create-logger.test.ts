import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onLinux } from '../testing/on-linux.ts';
import { createLogger, loggerTo } from './create-logger.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Once there are so many: they are written in the background, and a flush doesn't wait for it. */
const linesIn = async (dir: string, count: number): Promise<Record<string, unknown>[]> => {
  for (;;) {
    const files = await readdir(dir);
    const texts = await Promise.all(files.map((name) => readFile(join(dir, name), 'utf8')));
    const lines = texts.join('').split('\n').slice(0, -1);
    if (lines.length >= count) return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
};

/** By which secrets go. */
const names = (
  'password currentPassword newPassword passwordHash secret recoveryCodes privateKey internalKey encryptionKeys token accessToken ' +
  'refreshToken challengeToken ticket apiKey authorization Authorization cookie Cookie set-cookie'
).split(' ');

describe('The log', () => {
  test('is a file that says when it was begun, in a folder made for it', async () => {
    const dir = join(folder, 'deep', 'logs');
    const log = await createLogger({ level: 'info', name: 'records', dir });
    log.debug('not this');
    log.info({ requestId: 'r-1' }, 'hello');
    const lines = await linesIn(dir, 1);
    expect(lines).toEqual([expect.objectContaining({ level: 30, name: 'records', requestId: 'r-1', msg: 'hello' })]);
    expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect((await readdir(dir)).every((name) => /^records\.\d{4}-\d\d-\d\d\.\d+\.log$/.test(name))).toBe(true);
  });

  onLinux(test)('is not for everybody on the machine', async () => {
    const log = await createLogger({ level: 'info', name: 'records', dir: folder });
    log.info('hello');
    await linesIn(folder, 1);
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o027).toBe(0);
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
    const text = JSON.stringify(await linesIn(folder, 3));
    expect(text).not.toContain(secret);
    expect(text.match(/\[redacted\]/g)).toHaveLength(12);
    expect(text).toContain('kept');
  });

  test.each(names)('holds no %s, down to the third level', (name) => {
    const lines: string[] = [];
    const log = loggerTo({ write: (line) => void lines.push(line) }, { level: 'info', name: 'auth' });
    const fields = { [name]: 'hunter2' };
    for (const facts of [fields, { body: fields }, { req: { body: fields } }]) log.info(facts);
    expect(lines.map((line) => [line.includes('hunter2'), line.includes('[redacted]')])).toEqual(lines.map(() => [false, true]));
  });

  test('goes to stdout without a folder', async () => {
    const script = `
      import { createLogger } from ${JSON.stringify(new URL('./create-logger.ts', import.meta.url).href)};
      (await createLogger({ level: 'warn', name: 'x' })).warn({ token: 'hunter2' }, 'seen');`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(JSON.parse(stdout)).toMatchObject({ level: 40, msg: 'seen', token: '[redacted]' });
  });

  test.each([':', '"'])('has no %s in the name of its folder, and says so before it makes one', async (unfit) => {
    const dir = join(folder, `lo${unfit}gs`);
    await expect(createLogger({ level: 'info', name: 'x', dir })).rejects.toThrow(
      `${dir} can not hold logs, for there is a ${unfit} in its name; choose another folder with DATA_DIR (for logs: LOG_DIR)`,
    );
    expect(await readdir(folder)).not.toContain(`lo${unfit}gs`);
  });

  test('that can not be opened is told to whoever asks for it', async () => {
    await createLogger({ level: 'info', name: 'records', dir: folder });
    const [name] = await readdir(folder);
    await rm(join(folder, name!));
    await mkdir(join(folder, name!));
    await expect(createLogger({ level: 'info', name: 'records', dir: folder })).rejects.toMatchObject({ code: 'EISDIR' });
  });

  const full = '/dev/full';
  const isThere = access(full).then(
    () => true,
    () => false,
  );
  test('whose disk is full says so once, and ends nobody', async () => {
    if (!(await isThere)) return;
    await createLogger({ level: 'info', name: 'records', dir: folder });
    const [name] = await readdir(folder);
    await rm(join(folder, name!));
    await symlink(full, join(folder, name!));
    const said = Promise.withResolvers<string>();
    const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => (said.resolve(String(text)), true));
    try {
      const log = await createLogger({ level: 'info', name: 'records', dir: folder });
      log.info('one');
      expect(await said.promise).toMatch(/^records: the log can not be written: ENOSPC: .*\n$/);
      log.info('two');
      await new Promise((resolve) => void setImmediate(resolve));
      expect(write).toHaveBeenCalledTimes(1);
    } finally {
      write.mockRestore();
    }
  });
});
