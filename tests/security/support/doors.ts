import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../e2e/support/eventually.ts';
import { serviceFor } from '../../../services/gateway/src/routing/route-table.ts';

export const behind = ['auth', 'records', 'budgets', 'notifications'] as const;
export type Behind = (typeof behind)[number];

/** The ways into a running system: the gateway, and past it the port of each service. */
export interface Doors {
  readonly dataDir: string;
  readonly gateway: string;
  /** The own port of a service. */
  readonly service: Readonly<Record<Behind, string>>;
  /** Both ways to a path; only the gateway for what it answers by itself. */
  to(path: string): readonly Door[];
}
export interface Door {
  readonly name: 'gateway' | 'service';
  readonly url: string;
}

export async function doorsOf({ url, dataDir }: { readonly url: string; readonly dataDir: string }): Promise<Doors> {
  const listening = await eventually(
    async () => (await processes(dataDir)) ?? logged(dataDir),
    (found) => behind.every((name) => found[name] !== undefined),
  );
  const service = listening as Record<Behind, string>;
  const to = (path: string): readonly Door[] => {
    const own = serviceFor(path) as Behind | null;
    return [{ name: 'gateway', url }, ...(own === null ? [] : [{ name: 'service' as const, url: service[own] }])];
  };
  return { dataDir, gateway: url, service, to };
}

type Listening = Partial<Record<string, string>>;

/** One process per service: the launcher's list. */
async function processes(dataDir: string): Promise<Listening | null> {
  const text = await readFile(join(dataDir, 'processes.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const { processes: all } = JSON.parse(text) as { processes: { service: string; url: string }[] };
  return Object.fromEntries(all.map(({ service, url }) => [service, url]));
}

/** Everything in one process: what it has logged. */
async function logged(dataDir: string): Promise<Listening> {
  const folder = join(dataDir, 'logs');
  const files = await Promise.all((await readdir(folder).catch(() => [])).map((name) => readFile(join(folder, name), 'utf8')));
  const lines = files.flatMap((text) => text.split('\n')).filter((line) => line.includes('"listening"') && line.endsWith('}'));
  return Object.fromEntries(
    lines.map((line) => JSON.parse(line) as { service: string; url: string }).map(({ service, url }) => [service, url]),
  );
}
