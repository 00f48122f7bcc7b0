import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { systemClock } from '../../service/clock.ts';
import { openTcpProxy } from '../../testing/index.ts';
import { serverUrl } from '../../testing/servers/index.ts';
import { CacheRefused, openRedisCache, type RedisCacheOptions } from './index.ts';

const url = serverUrl('redis');
const prefix = `test-${randomUUID()}`;
const lines: string[] = [];
const log = pino({}, { write: (line: string) => void lines.push(line) });
const open = (at: string, more: Partial<RedisCacheOptions> = {}) =>
  openRedisCache({ url: at, prefix, clock: systemClock, log, timeoutMs: 1_000, ...more });
const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'opened',
    (error: unknown) => error,
  );

const servers: Server[] = [];
/** Something that listens and is no Redis as we want it. */
async function somethingElse(answer: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => answer(socket.on('error', () => {})));
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
/** Speaks as Redis does, and says this of itself. */
const claiming =
  (info: string) =>
  (socket: Socket): void => {
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const command of text.split(/(?=\*\d+\r\n)/)) {
        socket.write(/^\*\d+\r\n\$4\r\ninfo\r\n/i.test(command) ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
      }
    });
  };

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  lines.length = 0;
  const admin = new Redis(url);
  await admin.del(`${prefix}:run`);
  await admin.call('ACL', 'DELUSER', prefix);
  admin.disconnect();
});

const addresses: readonly (readonly [what: string, address: () => Promise<string>, line: RegExp])[] = [
  ['what is no address', async () => 'nowhere', /^the address of Redis must be redis:\/\/host:port$/],
  ['another kind of address', async () => 'http://127.0.0.1:1', /^the address of Redis must be redis:\/\/host:port$/],
  ['nobody there', async () => 'redis://127.0.0.1:1', /127\.0\.0\.1:1 refuses connections: nothing listens there$/],
  ['a host that is none', async () => 'redis://nobody.invalid:6379', /nobody\.invalid:6379 can not be found/],
  ['a number that is no database', async () => `${url}/9999`, /has no database of that number$/],
  [
    'a web server',
    () => somethingElse((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    /does not speak the protocol of Redis; check the host and port in its URL$/,
  ],
  [
    'a broker',
    () => somethingElse((socket) => void socket.end('AMQP\0\0\x09\x01')),
    /does not speak the protocol of Redis; check the host and port in its URL$/,
  ],
  [
    'a database',
    async () => serverUrl('mongodb').replace(/^mongodb:/, 'redis:'),
    /is another kind of server: it answers as MongoDB does; check the host/,
  ],
  [
    'a broker that waits for its greeting',
    async () => serverUrl('rabbitmq').replace(/^amqp:/, 'redis:'),
    /it answers as RabbitMQ does; check/,
  ],
  ['who hangs up', () => somethingElse((socket) => void socket.end()), /closes the connection$/],
  [
    'an old one',
    () => somethingElse(claiming('redis_version:5.0.14\r\nrun_id:a\r\nrole:master\r\n')),
    /is Redis 5\.0\.14; 6\.2 or newer is needed$/,
  ],
  ['a lookalike', () => somethingElse(claiming('version:1\r\n')), /is no Redis, or hides what it is \(INFO\)$/],
  ['a replica', () => somethingElse(claiming('redis_version:8.0.1\r\nrun_id:a\r\nrole:slave\r\n')), /is a replica that can not be written/],
  [
    'one that is not awake',
    () => somethingElse(claiming('redis_version:8.0.1\r\nrun_id:a\r\nloading:1\r\n')),
    /is still loading its data$/,
  ],
];

describe('opening refuses in one line', () => {
  test.each(addresses)('%s', async (_, address, line) => {
    const error = (await refusal(open(await address()))) as Error;
    expect(error).toBeInstanceOf(CacheRefused);
    expect(error.message).toMatch(line);
  });

  test('who says nothing', async () => {
    const error = (await refusal(open(await somethingElse(() => {})))) as Error;
    expect(error.message).toMatch(/(did not answer within 1000 ms|accepts a connection and answers nothing)$/);
  });

  test('a wrong password, without telling it', async () => {
    const admin = new Redis(url);
    await admin.call('ACL', 'SETUSER', prefix, 'on', '>right-one', '~*', '&*', '+@all');
    admin.disconnect();
    const as = (password: string): string => Object.assign(new URL(url), { username: prefix, password }).href;
    const error = (await refusal(open(as('wrong-one'), { connect: 'until-available' }))) as Error;
    expect(error.message).toMatch(/^Redis at [^ ]+ refuses the user name or password$/);
    const cache = await open(as('right-one'));
    expect(await cache.health()).toBeNull();
    await cache.close();
  });

  test('a user who may not do what is needed', async () => {
    const admin = new Redis(url);
    await admin.call('ACL', 'SETUSER', prefix, 'on', '>right-one', '~*', '&*', '+@all', '-info');
    admin.disconnect();
    const as = Object.assign(new URL(url), { username: prefix, password: 'right-one' }).href;
    expect(((await refusal(open(as))) as Error).message).toMatch(/does not let this user run the commands that are needed$/);
  });
});

test('who begins to listen does not make it look away', async () => {
  const cache = await open(url, { checkMs: 0 });
  await cache.subscribe('anything', () => {});
  expect(lines).toEqual([]);
  await cache.close();
});

test('a user who may not listen is told of: hints are lost, and why is in the log and in the health', async () => {
  const admin = new Redis(url);
  await admin.call('ACL', 'SETUSER', prefix, 'on', '>right-one', '~*', 'resetchannels', '+@all');
  admin.disconnect();
  const cache = await open(Object.assign(new URL(url), { username: prefix, password: 'right-one' }).href);
  expect(cache.run()).not.toBeNull();
  await cache.subscribe('x', () => {});
  expect(cache.run()).toBeNull();
  const why = 'does not let this user run the commands that are needed';
  expect(await cache.health()).toMatch(new RegExp(`answers, but hints are not heard: ${why}$`));
  expect(lines.filter((line) => line.includes(`is away: ${why}`))).toHaveLength(1);
  await cache.close();
});

describe('opening waits where it is told to', () => {
  test('until the server is there, and says what it waits for', async () => {
    const proxy = await openTcpProxy(url);
    await proxy.mode('refuse');
    const opening = open(proxy.through(url), { connect: 'until-available' });
    while (!lines.some((line) => line.includes('waiting for the cache: Redis at'))) await delay(2);
    await proxy.mode('pass');
    const cache = await opening;
    expect(cache.run()).not.toBeNull();
    await cache.close();
    await proxy.close();
  });

  test('until it is told to stop', async () => {
    const stopping = new AbortController();
    const opening = refusal(open('redis://127.0.0.1:1', { connect: 'until-available', signal: stopping.signal }));
    while (lines.length === 0) await delay(2);
    stopping.abort();
    expect(await opening).toBeInstanceOf(CacheRefused);
  });
});
