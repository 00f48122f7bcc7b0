import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inheritedEnvironment } from './inherited.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs the operators' command line beside a system, as `npm run ops` does: what it says, and its exit code. */
export async function ops(place: { readonly dataDir: string }, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, ['ops/src/main.ts', ...args], {
    cwd: root,
    env: { ...inheritedEnvironment(), DATA_DIR: place.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}
