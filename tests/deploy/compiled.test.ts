import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
let out: string;

/** What `pnpm deploy` would install: the same packages, and of our own the compiled ones. */
function linkPackages(folder: string): void {
  const from = join(root, folder, 'node_modules');
  const to = join(out, folder, 'node_modules');
  mkdirSync(join(to, '@commonpurse'), { recursive: true });
  for (const name of readdirSync(from)) if (name !== '@commonpurse') symlinkSync(join(from, name), join(to, name));
  const ours = join(from, '@commonpurse');
  for (const name of existsSync(ours) ? readdirSync(ours) : []) {
    const place = name === 'shared' ? 'packages/shared' : `services/${name}`;
    symlinkSync(join(out, place), join(to, '@commonpurse', name));
  }
}

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'commonpurse-build-'));
  execFileSync(process.execPath, ['scripts/build.mjs', out], { cwd: root, stdio: 'pipe' });
  for (const folder of ['packages/shared', 'services/gateway', 'services/auth', 'services/records', 'ops']) linkPackages(folder);
}, 600_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

async function run(program: string, env: Record<string, string> = {}, ...args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [join(out, program), ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

describe('what is deployed', () => {
  test('is JavaScript, with the files that it reads, and nothing that is only for tests', () => {
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => !file.includes('node_modules'));
    expect(files.filter((file) => /\.ts$|\/testing\/|\.test\./.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['services/auth/src/main.js', 'services/auth/src/passwords/frequent-passwords.txt']));
  });

  test.each(['gateway', 'auth', 'records'])('runs: %s names what it is missing', async (name) => {
    const { code, said } = await run(`services/${name}/src/main.js`);
    expect(said).toMatch(new RegExp(`^(commonpurse-${name}: [A-Z_]+: is required.*\n)+$`));
    expect([code, said.includes('REDIS_URL')]).toEqual([1, true]);
  });

  test('runs: ops says where it has looked for a system', async () => {
    const { code, said } = await run('ops/src/main.js', { DATA_DIR: join(out, 'nowhere') }, 'status');
    expect([code, said]).toEqual([1, expect.stringMatching(/^commonpurse: no system runs with this DATA_DIR .*nowhere/)]);
  });
});
