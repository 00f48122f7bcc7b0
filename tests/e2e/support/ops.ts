import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs the operators' command line beside a system, as `npm run ops` does: what it says, and its exit code. */
export async function ops(place: { readonly dataDir: string }, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { PATH, HOME, NODE_COMPILE_CACHE = join(root, 'node_modules', '.cache', 'compiled') } = process.env;
  const child = spawn(process.execPath, ['ops/src/main.ts', ...args], {
    cwd: root,
    env: { PATH, HOME, NODE_COMPILE_CACHE, DATA_DIR: place.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}
