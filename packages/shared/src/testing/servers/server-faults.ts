import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Environment, ServerName } from './real-suites.ts';

/** Takes the servers of this run down and brings them back. Each resolves when it is done. */
export interface ServerFaults {
  /** As a power cut does. */
  kill(server: ServerName): Promise<void>;
  /** It stops answering and keeps its connections. */
  pause(server: ServerName): Promise<void>;
  resume(server: ServerName): Promise<void>;
  /** Kills it and drops its data. */
  reset(server: ServerName): Promise<void>;
  /** Resolves when it answers. */
  start(server: ServerName): Promise<void>;
}

const execute = promisify(execFile);

/** By the program that `SERVERS_CTL` names, called with `kill|pause|resume|reset|start <server>`; for suites named `.faults.real.test.ts`. */
export function serverFaults(env: Environment = process.env): ServerFaults {
  const program = env['SERVERS_CTL'];
  if (!program) throw new Error('SERVERS_CTL is not set: the path of a program that takes kill|pause|resume|reset|start and a server');
  const call = (verb: string) => async (server: ServerName) => void (await execute(program, [verb, server]));
  return { kill: call('kill'), pause: call('pause'), resume: call('resume'), reset: call('reset'), start: call('start') };
}
