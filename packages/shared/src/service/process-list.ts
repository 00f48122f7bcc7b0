import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceName } from './peers.ts';

/** What `DATA_DIR/processes.json` holds while a system runs on one machine: for whoever looks after single services. */
export interface ProcessList {
  /** Of the process that was started. */
  readonly pid: number;
  /** Where the gateway listens. */
  readonly url: string;
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
