import { readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceName } from './peers.ts';
import { bootOf, markOf, type ProcessMark, runs, worldOf } from './process-mark.ts';

/** What `DATA_DIR/processes.json` holds while a system runs on one machine: for whoever looks after single services.
 *  Of the process that was started, lists of earlier versions say its pid only. */
export interface ProcessList extends Pick<ProcessMark, 'pid'>, Partial<Omit<ProcessMark, 'pid'>> {
  /** Where the gateway listens. */
  readonly url: string;
  /** The folder that the list was written in, where the data lie in it, too: who copies them copies the list. */
  readonly dataDir?: string;
  readonly processes: readonly ListedProcess[];
}
/** One instance of a service, in a process of its own or in one with the others. */
export interface ListedProcess {
  readonly name: string;
  readonly service: ServiceName;
  readonly pid: number | null;
  readonly state: string;
  readonly restarts: number;
  readonly url: string;
  /** Its health and metrics, where it has a port of its own for them. */
  readonly adminUrl?: string;
}

export const processListIn = (dataDir: string): string => join(dataDir, 'processes.json');

/** What it says of the process that was started, which is this one. */
export const startedProcess = (): ProcessMark => markOf(process.pid);

/** Whether that process still runs. The list outlives a kill, and a restart of the machine, by when its pid may be another program's. Where nothing
 *  tells the two apart (no Linux, or another container's pids), whoever has the pid is believed. */
export function isRunning({ pid, world = null, started = null }: ProcessList): boolean {
  const here = worldOf();
  if (world !== null && here !== null && bootOf(world) !== bootOf(here)) return false;
  return runs({ pid, started: world === here ? started : null });
}

/** Whether it was written for the system whose data lie there, and not for one that they were copied from. Another container's name of the folder may be
 *  another one, so it is believed. */
export const isListOf = async (dataDir: string, { dataDir: own, world }: ProcessList): Promise<boolean> =>
  own === undefined || world !== worldOf() || own === (await realpath(dataDir));

/** The file is always whole. */
export async function writeProcessList(path: string, list: ProcessList): Promise<void> {
  await writeFile(`${path}.tmp`, `${JSON.stringify(list, null, 2)}\n`);
  await rename(`${path}.tmp`, path);
}

/** null: there is none. */
export async function readProcessList(path: string): Promise<ProcessList | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessList;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
