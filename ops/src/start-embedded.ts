import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Environment, servicesBehindGateway } from '@commonpurse/shared/service';

/** A system that runs for one command. */
interface Embedded {
  stop(): Promise<void>;
}

/** Whether an embedded system, running or not, keeps its data there. */
export const hasEmbeddedData = (dataDir: string): boolean =>
  servicesBehindGateway.every((service) => existsSync(join(dataDir, service, 'store.json')));

/** Starts the embedded system on its data, reachable from this machine only, at a port that nobody knows. Rejects with what it said where it
 *  can't be started: a bad variable, a folder that another system has locked. */
export async function startEmbedded(dataDir: string, env: Environment): Promise<Embedded> {
  const child = spawn(process.execPath, [createRequire(import.meta.url).resolve('@commonpurse/all-in-one/main')], {
    env: { ...env, DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: '0', ADMIN_PORT: undefined },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const ended = once(child, 'close');
  const isReady = await Promise.race([ready(child), ended.then(() => false)]);
  if (!isReady) throw new Error(`the system at rest in ${dataDir} can't be started for this: ${said.trim()}`);
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const ready = (child: ChildProcess): Promise<true> =>
  new Promise((resolve) => void child.on('message', (message) => message === 'ready' && resolve(true)));
