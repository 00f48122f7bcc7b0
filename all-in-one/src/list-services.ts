import { realpath, rm } from 'node:fs/promises';
import { processListIn, type ServiceName, startedProcess, writeProcessList } from '@commonpurse/shared/service';

/** Says where each service listens, for operators on this machine. What is returned takes it back. */
export async function listServices(dataDir: string, url: string, urls: ReadonlyMap<ServiceName, string>): Promise<() => Promise<void>> {
  const path = processListIn(dataDir);
  const { pid } = process;
  const places: readonly (readonly [ServiceName, string])[] = [['gateway', url], ...urls];
  const processes = places.map(([service, own]) => ({ name: service, service, pid, state: 'listening', restarts: 0, url: own }));
  await writeProcessList(path, { ...startedProcess(), url, dataDir: await realpath(dataDir), processes });
  // where the folder can't be written any more the list stays, and nobody believes it: the process that it names is gone. The end itself, which
  // finishes requests and closes the stores, must not be given up for it
  return () => rm(path, { force: true }).catch(() => undefined);
}
