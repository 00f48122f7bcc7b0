import { type Environment, type ServerName, serverVariables } from './real-suites.ts';

/** A server that was started for this run. */
export interface StartedServer {
  /** What to put into the environment: at least the server's own variable. */
  readonly variables: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}
/** One way to come by servers. Answers why not where this machine does not have it. */
export type WayToServers = (server: ServerName) => Promise<StartedServer | string>;

interface BackingServices {
  /** The given and the started. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where each server comes from, or why there is none; for a person to read. */
  readonly told: readonly string[];
  readonly missing: readonly ServerName[];
  /** Stops what was started. */
  close(): Promise<void>;
}

/** The servers for a run of tests: those in the environment, else by the first way that has them. A way that breaks breaks the run: a server
 *  that should be there and does not start must not look like one that is not there. */
export async function backingServices(env: Environment, ways: readonly WayToServers[]): Promise<BackingServices> {
  const servers = Object.keys(serverVariables) as ServerName[];
  const started: StartedServer[] = [];
  const told: string[] = [];
  const close = async (): Promise<void> => {
    for (const server of started.splice(0)) await server.stop();
  };
  const missing: ServerName[] = [];
  try {
    for (const server of servers) {
      const outcome = env[serverVariables[server]] ? 'given' : await firstOf(ways, server);
      if (outcome === 'given') told.push(`${server}: as ${serverVariables[server]} says`);
      else if (Array.isArray(outcome)) {
        missing.push(server);
        told.push(`${server}: none (${[`no ${serverVariables[server]}`, ...outcome].join(', ')})`);
      } else {
        started.push(outcome);
        told.push(`${server}: started for this run`);
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { variables: Object.assign({}, ...started.map(({ variables }) => variables)), told, missing, close };
}

async function firstOf(ways: readonly WayToServers[], server: ServerName): Promise<StartedServer | string[]> {
  const whyNot: string[] = [];
  for (const way of ways) {
    const outcome = await way(server);
    if (typeof outcome !== 'string') return outcome;
    whyNot.push(outcome);
  }
  return whyNot;
}
