import { type ProcessList, startedProcess, writeProcessList } from '@commonpurse/shared/service';
import type { Supervised } from './supervise.ts';

export const statusOf = (processes: readonly Supervised[]): ProcessList => ({
  ...startedProcess(),
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

/** Keeps a file up to date: it is always whole, and of several changes in a row the last one counts. `settled` resolves when it is. What can't be
 *  written is said, and tried again with the next change: a full disk must not end services that need none. */
export function createStatusFile(
  path: string,
  read: () => ProcessList,
  say: (line: string) => void,
): { changed(): void; settled(): Promise<void> } {
  let dirty = false;
  let writing: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    while (dirty) {
      dirty = false;
      await writeProcessList(path, read()).catch(({ message }: Error) => say(`the list of processes could not be written: ${message}`));
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
