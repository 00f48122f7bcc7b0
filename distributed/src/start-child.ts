import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { ServiceName } from '@commonpurse/shared/service';
import type { ProcessPlan } from './plan.ts';

/** One life of a process. */
export interface Child {
  readonly pid: number | null;
  /** Resolves when it says that it is ready; never, when it ends before. */
  readonly ready: Promise<void>;
  /** Resolves with its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
}
export type StartChild = (plan: ProcessPlan) => Child;

/** Starts a service's `main.ts`. It is told by the channel between the two when this process is gone, whatever ended it; and it is in a
 *  group of its own, so that ctrl-C reaches this process alone, which stops the others in order. */
export const startChild =
  (heard: (name: string, line: string) => void, programOf = mainOf): StartChild =>
  ({ name, service, env }) => {
    const child = spawn(process.execPath, [...thrifty, programOf(service)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on('line', (line) => heard(name, line));
    return {
      pid: child.pid ?? null,
      ready: new Promise((resolve) => void child.on('message', (message) => message === 'ready' && resolve())),
      ended: endOf(child, (line) => heard(name, line)),
      signal: (signal) => void child.kill(signal),
    };
  };

/** What starting up leaves behind need not stay: a small nursery keeps an idle service under 120 MB. */
const thrifty = ['--max-semi-space-size=2'];

const mainOf = (service: ServiceName): string => createRequire(import.meta.url).resolve(`@commonpurse/${service}/main`);

const endOf = (child: ChildProcess, say: (line: string) => void): Promise<number | null> =>
  new Promise((resolve) => {
    child.once('close', (code) => resolve(code));
    child.once('error', (error) => {
      say(error.message);
      if (child.pid === undefined) resolve(null);
    });
  });
