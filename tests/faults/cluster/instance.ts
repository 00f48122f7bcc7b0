import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '@commonpurse/shared/service';
import { sendRequest, type TcpProxy } from '@commonpurse/shared/testing';
import { eventually } from '../../e2e/support/eventually.ts';
import { inheritedEnvironment } from '../../e2e/support/inherited.ts';
import type { ServerName } from './servers.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** One process of one service, with a wire to each server. */
export interface Instance {
  /** `records-2`. */
  readonly name: string;
  readonly service: ServiceName;
  readonly url: string;
  readonly wires: Readonly<Partial<Record<ServerName, TcpProxy>>>;
  /** Starts it; does not wait until it is ready. */
  start(): void;
  /** -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** Holds it (SIGSTOP) and lets it go on (SIGCONT). */
  pause(): void;
  resume(): void;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
  /** Resolves when it answers that it is ready. */
  ready(): Promise<void>;
  /** Ends that nobody has asked for. */
  readonly crashes: readonly string[];
}
interface InstanceOptions {
  readonly name: string;
  readonly service: ServiceName;
  readonly port: number;
  readonly wires: Readonly<Partial<Record<ServerName, TcpProxy>>>;
  readonly env: Readonly<Record<string, string>>;
  /** What is run instead of the service's own `main.ts`. */
  readonly program?: string;
  readonly logFile: string;
}

export function createInstance(options: InstanceOptions): Instance {
  const { name, service, port } = options;
  const url = `http://127.0.0.1:${port}`;
  const crashes: string[] = [];
  let child: ChildProcess | null = null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return ending?.exitCode ?? null;
    ending.kill('SIGCONT');
    ending.kill(signal);
    await once(ending, 'exit');
    return ending.exitCode;
  };
  return {
    name,
    service,
    url,
    crashes,
    wires: options.wires,
    start() {
      const started = run(options);
      child = started;
      started.once('exit', (code, signal) => {
        if (child !== started) return;
        crashes.push(`${name} ended with ${code ?? signal}`);
        this.start();
      });
    },
    kill: async () => void (await end('SIGKILL')),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    stop: () => end('SIGTERM'),
    ready: async () => {
      const ask = () => sendRequest(url, 'GET', '/health/ready').catch(() => ({ status: 0 }));
      await eventually(ask, ({ status }) => status === 200, 120_000);
    },
  };
}

function run({ service, program, port, env, logFile }: InstanceOptions): ChildProcess {
  const child = spawn(process.execPath, [program ?? `services/${service}/src/main.ts`], {
    cwd: root,
    env: { ...inheritedEnvironment(), ...env, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => appendFileSync(logFile, text));
  return child;
}
