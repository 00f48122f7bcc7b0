import { afterEach, describe, expect, test } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backingServices, type StartedServer, type WayToServers } from './backing-services.ts';
import { installedDaemons } from './daemons.ts';
import { chooseSuites, kindOf, serverUrl } from './real-suites.ts';
import { serverFaults } from './server-faults.ts';

const all = { MONGODB_URL: 'mongodb://m', RABBITMQ_URL: 'amqp://r', REDIS_URL: 'redis://r' };

describe('the suites of a run', () => {
  test('are those whose servers are known', () => {
    expect(chooseSuites({}).chosen).toEqual([]);
    expect(chooseSuites({ REDIS_URL: 'redis://r' }).chosen).toEqual(['redis']);
    expect(chooseSuites(all).chosen).toEqual(['mongodb', 'rabbitmq', 'redis', 'servers']);
    expect(chooseSuites({ ...all, SERVERS_CTL: './ctl' })).toEqual({
      chosen: ['mongodb', 'rabbitmq', 'redis', 'servers', 'faults'],
      left: [],
    });
  });

  test('and the others, with what they lack', () => {
    const { left } = chooseSuites({ ...all, REDIS_URL: '' });
    expect(left).toEqual([
      { kind: 'redis', missing: ['REDIS_URL'] },
      { kind: 'servers', missing: ['REDIS_URL'] },
      { kind: 'faults', missing: ['REDIS_URL', 'SERVERS_CTL'] },
    ]);
  });

  test('say what they need in their names', () => {
    expect(kindOf('packages/shared/src/cache/redis/redis-cache.redis.real.test.ts')).toBe('redis');
    expect(kindOf('tests/real/journeys.servers.real.test.ts')).toBe('servers');
    expect(kindOf('redis-cache.real.test.ts')).toBeNull();
    expect(kindOf('redis-cache.mysql.real.test.ts')).toBeNull();
  });

  test('know where their server is, or say what is missing', () => {
    expect(serverUrl('redis', all)).toBe('redis://r');
    expect(() => serverUrl('redis', {})).toThrow('REDIS_URL is not set');
  });
});

describe('the servers of a run', () => {
  const stopped: string[] = [];
  const startable =
    (...names: string[]): WayToServers =>
    async (server) =>
      names.includes(server)
        ? { variables: { [`${server.toUpperCase()}_URL`]: `${server}://started` }, stop: async () => void stopped.push(server) }
        : `no ${server} to be had`;
  afterEach(() => void stopped.splice(0));

  test('are taken from the environment, else started, and the started ones are stopped', async () => {
    const services = await backingServices({ MONGODB_URL: 'mongodb://given' }, [startable('redis'), startable('rabbitmq', 'redis')]);
    expect(services.variables).toEqual({ RABBITMQ_URL: 'rabbitmq://started', REDIS_URL: 'redis://started' });
    expect(services.missing).toEqual([]);
    await services.close();
    await services.close();
    expect(stopped).toEqual(['rabbitmq', 'redis']);
  });

  test('that are not to be had are told with every reason', async () => {
    const services = await backingServices({}, [startable('mongodb'), startable('redis')]);
    expect(services.missing).toEqual(['rabbitmq']);
    expect(services.told).toContain('rabbitmq: none (no RABBITMQ_URL, no rabbitmq to be had, no rabbitmq to be had)');
  });

  test('are stopped when one of them breaks', async () => {
    const broken: WayToServers = async (server) => {
      if (server === 'redis') throw new Error('did not start');
      return startable('mongodb', 'rabbitmq')(server);
    };
    await expect(backingServices({}, [broken])).rejects.toThrow('did not start');
    expect(stopped).toEqual(['mongodb', 'rabbitmq']);
  });
});

describe('programs of this machine', () => {
  const folders: string[] = [];
  const pathWith = async (program: string, script: string): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'commonpurse-'));
    folders.push(folder);
    await writeFile(join(folder, program), `#!${process.execPath}\n${script}`);
    await chmod(join(folder, program), 0o700);
    return folder;
  };
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  test('serve on a port of their own, in a folder that is gone afterwards', async () => {
    const listens = `const { createServer } = require('node:net');
      const after = (flag) => process.argv[process.argv.indexOf(flag) + 1];
      require('node:fs').writeFileSync(after('--dir') + '/here', '');
      // who only looks whether anybody listens is gone before it is answered
      createServer((socket) => socket.on('error', () => {}).end(after('--dir'))).listen(Number(after('--port')), '127.0.0.1');`;
    const server = (await installedDaemons(await pathWith('redis-server', listens))('redis')) as StartedServer;
    const { hostname, port } = new URL(server.variables['REDIS_URL']!);
    const [folder] = (await once(connect(Number(port), hostname).setEncoding('utf8'), 'data')) as [string];
    await readFile(join(folder, 'here'));
    await server.stop();
    await expect(readFile(join(folder, 'here'))).rejects.toThrow('ENOENT');
    await expect(once(connect(Number(port), hostname), 'connect')).rejects.toThrow('ECONNREFUSED');
  });

  test('that end at once are told with what they said', async () => {
    const path = await pathWith('redis-server', `console.error('bad option'); process.exitCode = 3;`);
    await expect(installedDaemons(path)('redis')).rejects.toThrow(/it ended with 3\n.*bad option/s);
  });

  test('that are not there are said to be missing', async () => {
    const path = await pathWith('something-else', '');
    expect(await installedDaemons(path)('redis')).toBe('no redis-server on the PATH');
    expect(await installedDaemons(path)('mongodb')).toBe('no mongod on the PATH');
    expect(await installedDaemons(path)('rabbitmq')).toBe('not taken from this machine');
  });

  test('take servers down as told', async () => {
    const folder = await pathWith(
      'control',
      `require('node:fs').appendFileSync(__dirname + '/told', process.argv.slice(2).join(' ') + '\\n');`,
    );
    const faults = serverFaults({ SERVERS_CTL: join(folder, 'control') });
    for (const verb of ['kill', 'pause', 'resume', 'reset', 'start'] as const) await faults[verb]('redis');
    expect(await readFile(join(folder, 'told'), 'utf8')).toBe('kill redis\npause redis\nresume redis\nreset redis\nstart redis\n');
    await expect(serverFaults({ SERVERS_CTL: join(folder, 'absent') }).kill('redis')).rejects.toThrow('ENOENT');
    expect(() => serverFaults({})).toThrow('SERVERS_CTL is not set');
  });
});
