import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreDamaged } from '@commonpurse/shared/documents';
import { nodeDisk, replaceFile } from '@commonpurse/shared/documents/json';
import type { Service } from '@commonpurse/shared/service';

const listIn = (dataDir: string): string => join(dataDir, 'stores.json');

/** Rejects with `StoreDamaged` when a service had its data there and its folder is gone: it would begin anew beside others that know what it held. */
export async function refuseMissingStores(dataDir: string): Promise<void> {
  for (const name of await readList(listIn(dataDir))) {
    const folder = join(dataDir, name);
    if (await holdsFiles(folder)) continue;
    throw new StoreDamaged(`${folder} has no data any more: bring back the whole of ${dataDir} from a backup`);
  }
}

/** Whether a store is there, whole or not: what is missing in it, its own opening says. */
async function holdsFiles(folder: string): Promise<boolean> {
  const names = existsSync(folder) ? await readdir(folder) : [];
  return names.some((name) => name === 'store.json' || name.includes('.jsonl'));
}

/** Notes that these services have their data there. Durable when it resolves, which must be before anybody is told that something is kept. */
export async function noteStores(dataDir: string, services: readonly Pick<Service, 'name'>[]): Promise<void> {
  const path = listIn(dataDir);
  const names = services.map(({ name }) => name);
  const known = await readList(path);
  if (names.every((name) => known.includes(name))) return;
  await replaceFile(nodeDisk, path, `${JSON.stringify(names)}\n`);
}

async function readList(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) return [];
  try {
    const names = JSON.parse(await readFile(path, 'utf8')) as unknown;
    if (Array.isArray(names)) return names.map(String);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StoreDamaged(`${path} is damaged: bring it back from a backup, or put it aside as the README says`);
}
