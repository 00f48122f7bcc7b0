import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { freePort } from '../free-port.ts';
import type { StartedServer, WayToServers } from './backing-services.ts';
import type { ServerName } from './real-suites.ts';

interface Daemon {
  readonly program: string;
  arguments(port: number, folder: string): string[];
  /** Makes it ready once it listens, and says where it is. */
  settle(port: number): Promise<StartedServer['variables']>;
}
/** RabbitMQ is not among them: it brings along a daemon of its own that outlives it. */
const daemons: Readonly<Partial<Record<ServerName, Daemon>>> = {
  mongodb: {
    program: 'mongod',
    arguments: (port, folder) => ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', 'rs0'],
    settle: async (port) => {
      const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
      await makeReplicaSet(url, port);
      return { MONGODB_URL: url };
    },
  },
  redis: {
    program: 'redis-server',
    arguments: (port, folder) => ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--appendonly', 'yes', '--save', ''],
    settle: async (port) => ({ REDIS_URL: `redis://127.0.0.1:${port}` }),
  },
};

/** Servers installed on this machine, found on `path`: each in a temporary folder, on a free port of the loopback address. */
export const installedDaemons =
  (path: string): WayToServers =>
  async (server) => {
    const daemon = daemons[server];
    if (daemon === undefined) return 'not taken from this machine';
    const program = await find(daemon.program, path);
    return program === null ? `no ${daemon.program} on the PATH` : start(program, daemon);
  };

async function find(program: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, program);
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return file;
  }
  return null;
}

async function start(program: string, daemon: Daemon): Promise<StartedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'commonpurse-server-'));
  const port = await freePort();
  const child = spawn(program, daemon.arguments(port, folder), { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  // after its last word
  let closed = false;
  child.once('close', () => (closed = true));
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (said = (said + String(chunk)).slice(-2_000)));
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(child, port, () => closed);
    return { variables: await daemon.settle(port), stop };
  } catch (error) {
    await stop();
    throw new Error(`${program} did not start: ${(error as Error).message}\n${said}`, { cause: error });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function listening(child: ChildProcess, port: number, isOver: () => boolean, withinMs = 120_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await answers(port))) {
    if (isOver()) throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
    if (Date.now() > until) throw new Error(`nothing listens on port ${port} after ${withinMs} ms`);
    await delay(20);
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tell = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });

async function makeReplicaSet(url: string, port: number): Promise<void> {
  const client = await new MongoClient(url).connect();
  try {
    const admin = client.db('admin');
    await admin.command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: `127.0.0.1:${port}` }] } });
    while ((await admin.command({ hello: 1 }))['isWritablePrimary'] !== true) await delay(20);
  } finally {
    await client.close();
  }
}
