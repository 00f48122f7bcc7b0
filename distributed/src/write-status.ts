import { rename, writeFile } from 'node:fs/promises';
import type { Supervised } from './supervise.ts';

/** What `DATA_DIR/processes.json` holds while the system runs: for whoever looks after single processes. */
export interface Status {
  /** The launcher's. */
  readonly pid: number;
  readonly url: string;
  readonly processes: readonly ProcessStatus[];
}
export interface ProcessStatus extends Pick<Supervised, 'pid' | 'state' | 'restarts'> {
  readonly name: string;
  readonly service: string;
  readonly url: string;
  /** Its health and metrics. */
  readonly adminUrl: string;
}

export const statusOf = (processes: readonly Supervised[]): Status => ({
  pid: process.pid,
  url: processes[0]!.plan.url,
  processes: processes.map(({ plan: { name, service, url, adminUrl }, pid, state, restarts }) => ({
    name,
    service,
    pid,
    state,
    restarts,
    url,
    adminUrl,
  })),
});

/** Keeps a file up to date: it is always whole, and of several changes in a row the last one counts. `settled` resolves when it is. */
export function createStatusFile(path: string, read: () => Status): { changed(): void; settled(): Promise<void> } {
  let dirty = false;
  let writing: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    while (dirty) {
      dirty = false;
      await writeFile(`${path}.tmp`, `${JSON.stringify(read(), null, 2)}\n`);
      await rename(`${path}.tmp`, path);
    }
    writing = null;
  };
  return {
    changed: () => {
      dirty = true;
      writing ??= write();
    },
    settled: async () => void (await writing),
  };
}
