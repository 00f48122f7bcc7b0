import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const running = new Set<ChildProcess>();
const folders = new Set<string>();

/** A program that says where it listens, with its folder. */
export interface Program {
  readonly url: string;
  readonly dataDir: string;
  readonly startedInMs: number;
  /** Resident memory now, in bytes. */
  memory(): Promise<number>;
  /** Resolves once it has nothing more to do: what was written has had its effects. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'commonpurse-bench-'));
  folders.add(folder);
  return folder;
}

export const startLimit = (): Promise<Program> => startBare('bench/limit.ts');

/** The bare program that appends everything that is kept of an expense. */
export const startDocumentsLimit = (): Promise<Program> => startBare('bench/limit-documents.ts');

/** What answers as the bare program does, behind a bare gateway, by the libraries that the product is made with. */
export const startLibrariesLimit = (): Promise<Program> => startBare('bench/limit-libraries.ts');

async function startBare(program: string): Promise<Program> {
  const dataDir = await temporaryFolder();
  return start([program, dataDir], dataDir, /limit (http:\S+)/, {});
}

const withoutLimits = { RATE_LIMIT_USER: 'off', RATE_LIMIT_ADDRESS: 'off', RATE_LIMIT_AUTH: 'off', LOG_LEVEL: 'warn' };
/** The last lines of what a system says once everything is ready. */
const greeted = /API +(http:\S+)[^]*Ctrl-C/;

export const startSystem = async (dataDir?: string, env: Record<string, string> = {}): Promise<Program> => {
  const folder = dataDir ?? (await temporaryFolder());
  return start(['all-in-one/src/main.ts'], folder, greeted, { PORT: '0', DATA_DIR: folder, ...withoutLimits, ...env });
};

type Variables = Readonly<Record<string, string>>;

/** The bare program on the servers that these variables name. */
export const startServersLimit = async (variables: Variables): Promise<Program> =>
  start(['bench/limit-servers.ts'], await temporaryFolder(), /limit (http:\S+)/, variables);

/** A process for each service, on the servers that these variables name. */
export const startDistributed = async (variables: Variables): Promise<Program> => {
  const folder = await temporaryFolder();
  return start(['distributed/src/main.ts'], folder, greeted, { PORT: '0', DATA_DIR: folder, ...withoutLimits, ...variables });
};

/** Each program's own Node takes the flags of `BENCH_NODE_FLAGS`, to try one out. */
async function start(args: readonly string[], dataDir: string, ready: RegExp, env: Record<string, string>): Promise<Program> {
  const startedAt = performance.now();
  const flags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter(Boolean);
  const child = spawn(process.execPath, [...flags, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = ready.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    url,
    dataDir,
    startedInMs: performance.now() - startedAt,
    memory: () => memoryOf(child.pid!),
    settled: () => settled(child.pid!),
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
      running.delete(child);
    },
  };
}

/** Resident memory of a process, in bytes. */
export async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
}

/** Idle: under a twentieth of a core for half a second, three times in a row. */
async function settled(pid: number): Promise<void> {
  const ticks = async (): Promise<number> => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  for (let quiet = 0, before = await ticks(); quiet < 3;) {
    await delay(500);
    const now = await ticks();
    quiet = now - before <= 2 ? quiet + 1 : 0;
    before = now;
  }
}

/** Ends what is left and removes the folders. */
export async function cleanUp(): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}
