import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
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

/** Root may write anywhere, and what it writes anew is its own: after one command the system's own user could not start it any more.
 *  @param uid who runs this command; undefined where there are no such numbers */
async function refuseOthersData(dataDir: string, uid: number | undefined): Promise<void> {
  if (uid !== 0) return;
  for (const path of servicesBehindGateway.map((service) => join(dataDir, service, 'store.json'))) {
    const owner: number = existsSync(path) ? (await stat(path)).uid : uid;
    if (owner === uid) continue;
    throw new Error(`${path} belongs to another user (uid ${owner}), who could not open it any more: run this as that user`);
  }
}

/** Starts the embedded system on its data, reachable from this machine only, at a port that nobody knows. Rejects with what it said where it
 *  can't be started: a bad variable, a folder that another system has locked. */
export async function startEmbedded(dataDir: string, env: Environment, uid = process.getuid?.()): Promise<Embedded> {
  await refuseOthersData(dataDir, uid);
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
