import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { openPeople } from '../access/people.ts';
import { createMemoryCache } from '../cache/memory/index.ts';
import { StoreUnavailable } from '../documents/documents.ts';
import { openJsonStore } from '../documents/json/index.ts';
import { createInProcessBus } from '../messaging/in-process/index.ts';
import { freePort } from '../testing/free-port.ts';
import { sendRequest } from '../testing/http-client.ts';
import { memoryDisk } from '../testing/memory-disk.ts';
import { overriding } from '../testing/override.ts';
import { closeServer, createHttpServer, openPort } from './http-server.ts';
import { createService } from './create-service.ts';
import type { Environment } from './load-config.ts';
import { runService, type Adapters } from './run-service.ts';
import type { ServiceName } from './peers.ts';
import type { ServiceDeps } from './service.ts';

let folder: string;
let auth: { url: string; server: Server };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commonpurse-'));
  // nobody has changed: what a service that starts is told by the one that it hears of people from
  const server = createHttpServer((_req, res) => res.end(JSON.stringify({ events: [], next: null, now: '2026-01-01T00:00:00.000Z' })));
  auth = { server, ...(await openPort(server, { host: '127.0.0.1', port: 0 })) };
});
afterAll(async () => {
  await closeServer(auth.server);
  await rm(folder, { recursive: true, force: true });
});

const INTERNAL_KEY = 'internal-key-of-the-tests-0123456789';
const others = {
  AUTH_URL: 'http://127.0.0.1:1',
  BUDGETS_URL: 'http://127.0.0.1:1',
  NOTIFICATIONS_URL: 'http://127.0.0.1:1,http://127.0.0.1:2',
};
const around = async (): Promise<Record<string, string>> => ({
  ...others,
  AUTH_URL: auth.url,
  MONGODB_URL: 'mongodb://store',
  RABBITMQ_URL: 'amqp://broker',
  REDIS_URL: 'redis://cache',
  INTERNAL_KEY,
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64')}`,
  MONGODB_DATABASE: 'purse-7',
  LOG_DIR: folder,
  PORT: String(await freePort()),
  ADMIN_PORT: String(await freePort()),
});

/** Stands in for real servers, and notes how it was opened. */
function playedAdapters(asked: Record<string, unknown> = {}): Adapters {
  return {
    documents: async ({ url, database, clock, log }) => {
      asked['documents'] = { url, database };
      return openJsonStore({ directory: '/store', disk: memoryDisk(), clock, log });
    },
    bus: async ({ url, clock, log }) => {
      asked['bus'] = { url };
      return createInProcessBus({ clock, log });
    },
    cache: async ({ url, prefix, clock }) => {
      asked['cache'] = { url, prefix };
      return createMemoryCache({ clock });
    },
  };
}

interface Urls {
  readonly urls: (name: ServiceName) => readonly string[];
}
/** Runs a service that does nothing in a process that is only played. */
function run(env: Environment, adapters: Partial<Adapters> = playedAdapters()) {
  const events = new EventEmitter();
  const exited = Promise.withResolvers<number>();
  const said: string[] = [];
  const host = { on: events.on.bind(events), exit: exited.resolve, stderr: { write: (text: string) => said.push(text) } };
  const given = Promise.withResolvers<ServiceDeps & Urls>();
  const create = async (found: unknown): ReturnType<typeof createService> => {
    const deps = found as ServiceDeps & Urls;
    given.resolve(deps);
    const { people } = await openPeople(deps);
    return createService({ name: 'records', deps, people, endpoints: [] });
  };
  const config = { own: z.object({ SIZE: z.string() }) };
  const started = runService({ name: 'records', env: { SIZE: '1', ...env }, config, adapters, create }, host);
  return { started, said, given: given.promise, exited: exited.promise, send: (event: string) => events.emit(event) };
}

describe('A service in a process of its own', () => {
  test("runs from its environment to a signal, with a database of its own and the system's name in the cache", async () => {
    const env = await around();
    const asked: Record<string, unknown> = {};
    const { started, given, exited, send, said } = run(env, playedAdapters(asked));
    await started;
    expect(asked).toEqual({
      documents: { url: 'mongodb://store', database: 'purse-7-records' },
      bus: { url: 'amqp://broker' },
      cache: { url: 'redis://cache', prefix: 'purse-7' },
    });
    expect((await sendRequest(`http://127.0.0.1:${env['PORT']}`, 'GET', '/health/ready')).status).toBe(200);
    expect((await sendRequest(`http://127.0.0.1:${env['ADMIN_PORT']}`, 'GET', '/health/ready')).status).toBe(200);
    const { urls, internalKey, installationKey } = await given;
    expect([urls('notifications'), urls('records'), urls('gateway')]).toEqual([['http://127.0.0.1:1', 'http://127.0.0.1:2'], [], []]);
    expect([internalKey, installationKey.length]).toEqual([INTERNAL_KEY, 32]);
    send('SIGTERM');
    // how long its servers take is another matter
    expect([await exited, said.filter((line) => !line.includes('waits for'))]).toEqual([0, []]);
    const log = (await readdir(folder)).find((name) => name.startsWith('records'))!;
    // written in the background
    while (!(await readFile(join(folder, log), 'utf8')).includes('"stopped"'));
  });

  test('has the same installation key in every instance', async () => {
    const keys = [];
    for (let instance = 0; instance < 2; instance += 1) {
      const { started, given, exited, send } = run(await around());
      await started;
      keys.push((await given).installationKey.toString('hex'));
      send('SIGTERM');
      await exited;
    }
    expect(keys[0]).toBe(keys[1]);
  });

  test('refuses to start with a line for each variable that is missing or wrong', async () => {
    const { exited, said } = run({
      SIZE: '',
      DATABASE_TYPE: 'json',
      MONGODB_URL: 'http://store',
      AUTH_URL: 'auth',
      INTERNAL_KEY: 'short',
      ADMIN_PORT: 'x:y',
      NODE_ENV: 'prod',
    });
    expect(await exited).toBe(1);
    expect(said.map((line) => /^commonpurse-records: (\w+): .+\n$/.exec(line)?.[1]).toSorted()).toEqual([
      'ADMIN_PORT',
      'AUTH_URL',
      'BUDGETS_URL',
      'DATABASE_TYPE',
      'ENCRYPTION_KEYS',
      'INTERNAL_KEY',
      'MONGODB_URL',
      'NODE_ENV',
      'NOTIFICATIONS_URL',
      'RABBITMQ_URL',
      'REDIS_URL',
      'SIZE',
    ]);
    expect(said.join('')).not.toMatch(/short|http:\/\/store|x:y/);
    expect(said.find((line) => line.includes('RABBITMQ_URL'))).toBe(
      'commonpurse-records: RABBITMQ_URL: is required: where events go, such as amqp://guest:guest@127.0.0.1:5672\n',
    );
  });

  test('needs no server that it was given no adapter for', async () => {
    const { exited, said } = run({ INTERNAL_KEY, ...others, SIZE: '' }, { cache: playedAdapters().cache });
    expect(await exited).toBe(1);
    expect(said).toEqual([expect.stringContaining('REDIS_URL: is required: '), 'commonpurse-records: SIZE: is required\n']);
  });

  test('is live and says what it waits for while a server does not answer', async () => {
    const env = await around();
    const server = Promise.withResolvers<void>();
    const played = playedAdapters();
    const { started, said, exited, send } = run(env, { ...played, bus: async (options) => server.promise.then(() => played.bus(options)) });
    const admin = `http://127.0.0.1:${env['ADMIN_PORT']}`;
    const answered = async (): Promise<unknown> => {
      for (;;) {
        const answer = await sendRequest(admin, 'GET', '/health/ready').catch(() => null);
        if (answer !== null && JSON.stringify(answer.body).includes('RABBITMQ_URL')) return answer;
        await new Promise(setImmediate);
      }
    };
    expect(await answered()).toMatchObject({
      status: 503,
      body: { services: [{ name: 'records', ready: false, parts: { RABBITMQ_URL: 'does not answer yet' } }] },
    });
    expect((await sendRequest(admin, 'GET', '/health/live')).status).toBe(200);
    const up = async (): Promise<unknown> =>
      (await sendRequest(admin, 'GET', '/metrics')).text.match(/(?<=^dependency_up\{dependency=)\S+ \d$/gm);
    const of = (part: string, value: number): string => `"${part}",service="records"} ${value}`;
    expect(await up()).toEqual([of('store', 1), of('bus', 0), of('cache', 1)]);
    while (!said.includes('commonpurse-records: waits for the server of RABBITMQ_URL\n')) await new Promise(setImmediate);
    server.resolve();
    await started;
    expect((await sendRequest(admin, 'GET', '/health/ready')).status).toBe(200);
    expect(await up()).toEqual([of('store', 1), of('bus', 1), of('cache', 1)]);
    send('SIGTERM');
    expect(await exited).toBe(0);
  });

  test('closes what it had opened before it begins anew where the store went away, and all behind itself when it ends', async () => {
    const closed: string[] = [];
    const played = playedAdapters();
    let lives = 0;
    const noting = <T extends { close(): Promise<void> }>(name: string, opened: T): T => {
      const life = lives;
      const close = async (): Promise<void> => {
        closed.push(`${name} ${life}`);
        await opened.close();
      };
      return overriding(opened, { close } as Partial<T>);
    };
    const { started, exited, send } = run(await around(), {
      documents: async (options) => {
        lives += 1;
        const store = noting('store', await played.documents(options));
        const collection = () => Promise.reject(new StoreUnavailable('away'));
        return lives === 1 ? overriding(store, { collection }) : store;
      },
      bus: async (options) => noting('bus', await played.bus(options)),
      cache: async (options) => noting('cache', await played.cache(options)),
    });
    await started;
    expect(closed.toSorted()).toEqual(['bus 1', 'cache 1', 'store 1']);
    send('SIGTERM');
    expect(await exited).toBe(0);
    // what it has to tell yet needs the servers
    expect(closed[3]).toBe('store 2');
    expect(closed.slice(4).toSorted()).toEqual(['bus 2', 'cache 2']);
  });

  test('ends with what a server says that will never do', async () => {
    const cache = () => Promise.reject(new Error('REDIS_URL: the password is wrong'));
    const { exited, said } = run({ ...(await around()), ADMIN_PORT: '' }, { ...playedAdapters(), cache });
    expect([await exited, said]).toEqual([1, ['commonpurse-records: REDIS_URL: the password is wrong\n']]);
  });
});
