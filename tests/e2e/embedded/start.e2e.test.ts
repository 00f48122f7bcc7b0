import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cleanUp, launch, type RunningSystem, runToEnd, temporaryFolder } from '../support/launch.ts';
import { type Person, personAt, signUp } from '../support/person.ts';

afterAll(cleanUp);

/** What a refused start says, line by line. */
async function refusal(env: Readonly<Record<string, string>>, args: readonly string[] = []): Promise<string[]> {
  const { code, stderr } = await runToEnd(env, args);
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^(commonpurse: .+\n)+$/) });
  return stderr.trimEnd().split('\n');
}

const expense = { type: 'expense', amount: '0.01', currency: 'EUR', date: '2024-04-02', category: 'Groceries' };

describe('a start that can not be is refused in one line', () => {
  test('a busy port', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const { port } = busy.address() as { port: number };
    try {
      expect(await refusal({ PORT: String(port) })).toEqual([expect.stringMatching(new RegExp(`port ${port} is in use.*PORT`))]);
    } finally {
      busy.close();
    }
  });

  test('an argument, which would leave whoever types --port 9000 at port 8080', async () => {
    const DATA_DIR = join(await temporaryFolder(), 'data');
    expect(await refusal({ DATA_DIR }, ['--port', '9000'])).toEqual([expect.stringMatching(/--port is not understood.* PORT=/)]);
    await expect(readdir(DATA_DIR)).rejects.toThrow('ENOENT');
  });

  test('a DATA_DIR that can not be written', async () => {
    const file = join(await temporaryFolder(), 'notes.txt');
    await writeFile(file, 'not a folder');
    for (const DATA_DIR of [file, join(file, 'below')])
      expect(await refusal({ DATA_DIR })).toEqual([expect.stringMatching(/notes\.txt.*is not a folder.*DATA_DIR/)]);
    expect(await readFile(file, 'utf8')).toBe('not a folder');
  });

  test('a folder of mails that can not be written', async () => {
    const DATA_DIR = await temporaryFolder();
    await writeFile(join(DATA_DIR, 'mail'), 'not a folder');
    expect(await refusal({ DATA_DIR })).toEqual([expect.stringMatching(/\/mail is not a folder.*DATA_DIR/)]);
  });

  test('a DATA_DIR that a running system has; that one goes on', async () => {
    const system = await launch();
    // PORT=0, and it says which one it took
    expect(Number(new URL(system.url).port)).toBeGreaterThan(0);
    const lines = await refusal({ DATA_DIR: system.dataDir });
    expect(lines).toEqual([expect.stringMatching(/is in use by the process with pid \d+; .*DATA_DIR/)]);
    expect(lines[0]).toContain(system.dataDir);
    const ann = await signUp(system, 'ann@home.example');
    expect(await ann.post('/records', expense)).toMatchObject({ status: 201 });
    await system.kill();
  });

  test('bad variables: all at once, a line for each, naming it and keeping its value to itself', async () => {
    const bad = {
      PORT: 'eighty-eighty',
      LOG_LEVEL: 'loudest',
      RATE_LIMIT_USER: 'plenty',
      RATE_LIMIT_AUTH: 'few',
      ALLOWED_ORIGINS: 'app.example/path',
      TRUSTED_PROXIES: 'next-door',
      MAX_UPLOAD_BYTES: '-1',
      PUBLIC_URL: 'ftp-ish',
      SMTP_URL: 'post-office',
      MONGODB_URL: 'mongodb://there',
    };
    const DATA_DIR = join(await temporaryFolder(), 'data');
    const lines = await refusal({ ...bad, DATA_DIR });
    const named = lines.map((line) => /^commonpurse: (\w+): ./.exec(line)?.[1]);
    expect(named.toSorted()).toEqual(Object.keys(bad).toSorted());
    for (const value of Object.values(bad)) expect(lines.join('\n')).not.toContain(value);
  });

  test('production without secrets of its own: none are made there', async () => {
    const DATA_DIR = join(await temporaryFolder(), 'data');
    const secrets = ['ENCRYPTION_KEYS', 'INTERNAL_KEY', 'JWT_PRIVATE_KEY'];
    const lines = await refusal({
      NODE_ENV: 'production',
      RATE_LIMIT_USER: '600',
      RATE_LIMIT_ADDRESS: '120',
      RATE_LIMIT_AUTH: '10,60',
      DATA_DIR,
    });
    expect(lines.toSorted()).toEqual(secrets.map((name) => expect.stringMatching(`^commonpurse: ${name}: is required: .*openssl`)));
    await expect(readdir(DATA_DIR)).rejects.toThrow('ENOENT');
  });
});

async function contentsOf(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder);
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'hex')] as const)));
}

describe('data that can not be trusted', () => {
  let stopped: RunningSystem;
  let ann: Person;
  let folder: string;
  let journal: string;
  let whole: Buffer;

  beforeAll(async () => {
    stopped = await launch();
    ann = await signUp(stopped, 'ann@home.example');
    for (let n = 0; n < 10; n += 1)
      expect(await ann.post('/records', { ...expense, description: `number ${n}` })).toMatchObject({ status: 201 });
    expect(await stopped.stop()).toBe(0);
    folder = join(stopped.dataDir, 'records');
    journal = join(folder, 'records.journal.jsonl');
    whole = await readFile(journal);
  });

  /** The start is refused, and leaves every file as it found it. */
  async function expectUntouchedRefusal(said: RegExp): Promise<void> {
    const before = await contentsOf(folder);
    expect(await refusal({ DATA_DIR: stopped.dataDir })).toEqual([expect.stringMatching(said)]);
    expect(await contentsOf(folder)).toEqual(before);
  }

  test('a journal damaged in its middle refuses the start, and names the file and the way back', async () => {
    const at = whole.indexOf('number 4');
    expect(at).toBeGreaterThan(0);
    const damaged = Buffer.from(whole);
    damaged.write('NUMBER', at);
    await writeFile(journal, damaged);
    await expectUntouchedRefusal(/records\/records\.journal\.jsonl is damaged at byte \d+.*backup/);
  });

  test('a collection whose file is missing refuses the start instead of beginning anew', async () => {
    await rm(journal);
    await expectUntouchedRefusal(/records\/records\.journal\.jsonl is missing.*backup/);
  });

  test('a missing store.json is asked for by its name: nothing else has to come back', async () => {
    const list = join(folder, 'store.json');
    const before = await readFile(list);
    await rm(list);
    await expectUntouchedRefusal(/records\/store\.json is missing though there is data: bring it back from a backup$/);
    await writeFile(list, before);
  });

  test('a service whose folder is missing, or empty, refuses the start, for the others know what it held', async () => {
    const aside = `${folder}-aside`;
    const said = /\/records has no data any more: .*backup$/;
    await rename(folder, aside);
    const before = await readdir(stopped.dataDir);
    expect(await refusal({ DATA_DIR: stopped.dataDir })).toEqual([expect.stringMatching(said)]);
    expect(await readdir(stopped.dataDir)).toEqual(before);
    await mkdir(folder);
    await expectUntouchedRefusal(said);
    await rmdir(folder);
    await rename(aside, folder);
  });

  test('with the file back it starts, and a last line torn by a power cut is no damage', async () => {
    await writeFile(journal, Buffer.concat([whole, whole.subarray(-40, -7)]));
    const again = await stopped.restart();
    expect((await personAt(again, ann.email, ann).get('/records?count=true')).body).toMatchObject({ total: 10 });
    await again.kill();
  });

  test('a first start that was cut off before all folders were there is begun again', async () => {
    const half = await temporaryFolder();
    await mkdir(join(half, 'auth'));
    const system = await launch({ dataDir: half });
    expect(await system.stop()).toBe(0);
  });
});
