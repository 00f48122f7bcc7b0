import { processListIn, readProcessList } from '@commonpurse/shared/service';
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
  const { processes } = (await readProcessList(processListIn(dataDir)))!;
  const service = Object.fromEntries(processes.map(({ service: name, url: own }) => [name, own])) as Record<Behind, string>;
  const to = (path: string): readonly Door[] => {
    const own = serviceFor(path) as Behind | null;
    return [{ name: 'gateway', url }, ...(own === null ? [] : [{ name: 'service' as const, url: service[own] }])];
  };
  return { dataDir, gateway: url, service, to };
}
