import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The system as a user runs it, in a process of its own. */
export interface RunningSystem {
  readonly url: string;
  readonly dataDir: string;
  /** Ends it without a word, as a power cut does; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end, by SIGTERM unless told otherwise; resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Starts again on the same data and, unless told otherwise, the same port. */
  restart(): Promise<RunningSystem>;
}
export interface LaunchOptions {
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const started = new Set<ChildProcess>();
const folders = new Set<string>();

/** A folder that `cleanUp` removes. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'commonpurse-'));
  folders.add(folder);
  return folder;
}

/** Ends what is left of every launch; call it after each test. */
export async function cleanUp(): Promise<void> {
  for (const child of started) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  started.clear();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  folders.clear();
}

/** Without limits, which are tested for themselves: a test asks faster than a person. */
const withoutLimits = { RATE_LIMIT_USER: 'off', RATE_LIMIT_ADDRESS: 'off', RATE_LIMIT_AUTH: 'off' };

/** Runs the program and waits until it says where it listens; rejects with what it said when it ends before. */
export async function launch(options: LaunchOptions = {}): Promise<RunningSystem> {
  const dataDir = options.dataDir ?? (await temporaryFolder());
  const { child, output } = run({ PORT: '0', ...withoutLimits, ...options.env, DATA_DIR: dataDir });
  const url = await addressOf(child, output);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };
  return {
    url,
    dataDir,
    kill: async () => void (await end('SIGKILL')),
    stop: (signal = 'SIGTERM') => end(signal),
    restart: () => launch({ ...options, dataDir, env: { ...options.env, PORT: new URL(url).port } }),
  };
}

/** Runs the program to its end: what it says and its exit code. For starts that must be refused. */
export async function runToEnd(env: Readonly<Record<string, string>>): Promise<{ code: number | null; stderr: string }> {
  const { child, output } = run({ PORT: '0', DATA_DIR: await temporaryFolder(), ...env });
  await once(child, 'close');
  return { code: child.exitCode, stderr: output.stderr };
}

interface Output {
  stdout: string;
  stderr: string;
}
function run(env: Readonly<Record<string, string>>): { child: ChildProcess; output: Output } {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const inherited = Object.fromEntries(
    Object.entries({ PATH, HOME, NODE_COMPILE_CACHE }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  const child = spawn(process.execPath, ['all-in-one/src/main.ts'], {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => void (output[name] += text));
  return { child, output };
}

function addressOf(child: ChildProcess, output: Output): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`the system ended with ${code}: ${output.stderr}`)));
    child.stdout!.on('data', () => {
      const address = /API +(http:\S+)[^]*Ctrl-C/.exec(output.stdout)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
}
