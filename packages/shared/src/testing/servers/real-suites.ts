/** The servers that the system is spread out on, and the variable that says where each is. */
export const serverVariables = { mongodb: 'MONGODB_URL', rabbitmq: 'RABBITMQ_URL', redis: 'REDIS_URL' } as const;
export type ServerName = keyof typeof serverVariables;
export type Environment = Readonly<Record<string, string | undefined>>;

/** The code that only its server exercises. */
export const adapterFolders: Readonly<Record<ServerName, string>> = {
  mongodb: 'packages/shared/src/documents/mongodb',
  rabbitmq: 'packages/shared/src/messaging/rabbitmq',
  redis: 'packages/shared/src/cache/redis',
};

const everyServer = Object.values(serverVariables);
/** A suite against real servers says in its file's name what it needs: `<subject>.<kind>.real.test.ts`. */
const neededBy = {
  mongodb: [serverVariables.mongodb],
  rabbitmq: [serverVariables.rabbitmq],
  redis: [serverVariables.redis],
  /** All three. */
  servers: everyServer,
  /** All three, and the program that takes them down and brings them back: see `serverFaults`. */
  faults: [...everyServer, 'SERVERS_CTL'],
} as const;
export type SuiteKind = keyof typeof neededBy;
const kinds = Object.keys(neededBy) as SuiteKind[];

export interface Choice {
  readonly chosen: readonly SuiteKind[];
  /** Those that can't be tried, with the variables that are missing. */
  readonly left: readonly { readonly kind: SuiteKind; readonly missing: readonly string[] }[];
}

export function chooseSuites(env: Environment): Choice {
  const missingFor = (kind: SuiteKind): string[] => neededBy[kind].filter((variable) => !env[variable]);
  return {
    chosen: kinds.filter((kind) => missingFor(kind).length === 0),
    left: kinds.map((kind) => ({ kind, missing: missingFor(kind) })).filter(({ missing }) => missing.length > 0),
  };
}

/** Suites that `npm test` runs on the system in one process, and that are run again on the system spread out: journeys and attacks. */
export const journeys: readonly string[] = ['tests/e2e/*.e2e.test.ts', 'tests/security/*.e2e.test.ts'];

/** What a suite needs, by its file's name; null for a name that would never be chosen. */
export function kindOf(file: string): SuiteKind | null {
  const kind = /\.([a-z]+)\.real\.test\.ts$/.exec(file)?.[1];
  return kinds.find((each) => each === kind) ?? null;
}

/** Where a server is; for suites that are named after it, so that they only run where it is known. */
export function serverUrl(server: ServerName, env: Environment = process.env): string {
  const url = env[serverVariables[server]];
  if (!url) throw new Error(`${serverVariables[server]} is not set; npm run test:real sees to that`);
  return url;
}
