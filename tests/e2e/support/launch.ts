import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inheritedEnvironment } from './inherited.ts';
import { chosenSystem, type SystemKind } from './systems.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The system as a user runs it, in processes of its own. */
export interface RunningSystem {
  readonly url: string;
  /** Of the process that was started. */
  readonly pid: number;
  readonly dataDir: string;
  /** Ends it without a word, as a power cut does; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end, by SIGTERM unless told otherwise; resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Starts again on the same data, unless told otherwise at any port: the one it had may be somebody else's by now. */
  restart(): Promise<RunningSystem>;
}
interface LaunchOptions {
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** More than `npm start` and its like are given, such as `--scale`. */
  readonly args?: readonly string[];
}

const started = new Map<ChildProcess, { readonly kind: SystemKind; readonly dataDir: string }>();
const folders = new Set<string>();

/** A folder that `cleanUp` removes. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'commonpurse-'));
  folders.add(folder);
  return folder;
}

/** Ends what is left of every launch; call it after each test. */
export async function cleanUp(): Promise<void> {
  await Promise.all([...started.keys()].map(cutOff));
  await Promise.all([...new Set([...started.values()].map(({ kind }) => kind))].map((kind) => kind.drop()));
  started.clear();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  folders.clear();
}

/** Everything at once: whoever is left when its like is gone might still say something. */
async function cutOff(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const { kind, dataDir } = started.get(child)!;
  // whoever would start the others again is stopped first, so that the list of them is the whole list
  child.kill('SIGSTOP');
  for (const pid of await kind.others(dataDir)) killHard(pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
}
/** @param pid of a process that may be gone already; negative: of a group */
export function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Without limits, which are tested for themselves: a test asks faster than a person. */
const withoutLimits = { RATE_LIMIT_USER: 'off', RATE_LIMIT_ADDRESS: 'off', RATE_LIMIT_AUTH: 'off' };

/** Runs the system and waits until it says where it listens; rejects with what it said when it ends before. */
export async function launch(options: LaunchOptions = {}): Promise<RunningSystem> {
  return launchKind(await chosenSystem(), options);
}

async function launchKind(kind: SystemKind, options: LaunchOptions): Promise<RunningSystem> {
  const dataDir = options.dataDir ?? (await temporaryFolder());
  const { child, output } = run(kind, dataDir, { PORT: '0', ...withoutLimits, ...options.env }, options.args);
  const url = await addressOf(child, output);
  return {
    url,
    pid: child.pid!,
    dataDir,
    kill: () => cutOff(child),
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await once(child, 'exit');
      }
      return child.exitCode;
    },
    restart: () => launchKind(kind, { ...options, dataDir }),
  };
}

/** Runs the program to its end: what it says and its exit code. For starts that must be refused. */
export async function runToEnd(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<{ code: number | null; stderr: string }> {
  const { child, output } = run(await chosenSystem(), env['DATA_DIR'] ?? (await temporaryFolder()), { PORT: '0', ...env }, args);
  await once(child, 'close');
  return { code: child.exitCode, stderr: output.stderr };
}

interface Output {
  stdout: string;
  stderr: string;
}
function run(
  kind: SystemKind,
  dataDir: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): { child: ChildProcess; output: Output } {
  const child = spawn(process.execPath, [kind.program, ...args], {
    cwd: root,
    env: { ...inheritedEnvironment(), ...kind.variables, ...env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.set(child, { kind, dataDir });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => void (output[name] += text));
  return { child, output };
}

function addressOf(child: ChildProcess, output: Output): Promise<string> {
  return new Promise((resolve, reject) => {
    // what its processes had to say before is on its standard output
    child.once('close', (code) => reject(new Error(`the system ended with ${code}: ${output.stderr}\n${output.stdout}`)));
    child.stdout!.on('data', () => {
      const address = /API +(http:\S+)[^]*Ctrl-C/.exec(output.stdout)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
}
