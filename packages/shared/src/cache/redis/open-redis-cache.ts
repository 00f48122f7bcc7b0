import type { Logger } from 'pino';
import type { Clock } from '../../service/clock.ts';
import { findOtherKind } from '../../service/find-other-kind.ts';
import type { Cache } from '../cache.ts';
import { createHints, type Hints, type HintsOptions } from './hints.ts';
import { createLink, type Link } from './link.ts';
import { createRun, type Run } from './run.ts';
import { probeServer, readServerFacts, type ServerFacts } from './server-facts.ts';
import { CacheRefused, saidNothing, type Trouble, troubleOf } from './trouble.ts';
import { limitCommand, valueCommands } from './value-commands.ts';

export interface RedisCacheOptions {
  /** `redis://` or `rediss://`, with user, password and database number as needed. */
  readonly url: string;
  /** Before all keys and channels, so that several systems can share a server: the database's name. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** `once`: rejects when the server is not there. `until-available`: waits for it, and says so in the log. Default `once`. */
  readonly connect?: 'once' | 'until-available';
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** After so long a call is given up, and the connection with it. Default 500. */
  readonly timeoutMs?: number;
  /** So often it is looked whether the server is still there and still the same. Default 1,000. */
  readonly checkMs?: number;
}

/** The cache of a system of several processes. Rejects with `CacheRefused`, one line, when the server can't be used; with `once` also when it
 *  can't be reached. Once open, it comes back by itself whenever the server does. */
export async function openRedisCache(options: RedisCacheOptions): Promise<Cache> {
  const { log } = options;
  const where = whereIs(options.url);
  const parts = createParts(options, where);
  const { link, hints, run } = parts;
  await open(link, options, where);
  const { doubt } = parts.facts();
  if (doubt !== null) log.warn(`${where} ${doubt}`);
  run.onChange(() => {
    if (run.name() === null) log.warn(`${where} is away: ${(link.up ? hints : link).trouble.line}`);
    else log.info({ run: run.name() }, `${where} is there`);
  });
  const stopChecking = checkAgainAndAgain(options, parts);
  const hintChannel = `${options.prefix}:${hintPrefix}`;
  return {
    ...valueCommands(
      link,
      (key) => `${options.prefix}:value:${key}`,
      () => parts.facts().now(),
    ),
    limit: limitCommand(link, (key) => `${options.prefix}:limit:${key}`),
    publish: async (channel, message) => void (await link.call((redis) => redis.publish(hintChannel + channel, message))),
    subscribe: hints.subscribe,
    run: run.name,
    onNewRun: run.onChange,
    health: () => healthOf(parts, where),
    async close() {
      run.end();
      await stopChecking();
      hints.close();
      link.close();
    },
  };
}

const hintPrefix = 'hint:';

interface Parts {
  readonly link: Link;
  readonly hints: Hints;
  readonly run: Run;
  readonly facts: () => ServerFacts;
  /** Finds out whether the server was emptied; goes on with the run that began then. */
  checkMarker(): Promise<void>;
}

function createParts({ url, prefix, log, timeoutMs = 500 }: RedisCacheOptions, where: string): Parts {
  const markerKey = `${prefix}:run`;
  let facts: ServerFacts | null = null;
  const server = { url, where, timeoutMs, changed: () => run.look() };
  const link = createLink({
    ...server,
    settle: async (redis) => {
      facts = await readServerFacts(redis, markerKey);
    },
  });
  const onListenerError: HintsOptions['onListenerError'] = (error, channel) =>
    log.error({ err: error, channel }, 'a listener of the cache failed');
  const hints = createHints({ ...server, channelPrefix: `${prefix}:${hintPrefix}`, onListenerError });
  const run = createRun(
    () => (link.up && hints.up ? facts!.run : null),
    (error) => log.error({ err: error }, 'who wanted to know of a new run of the cache failed'),
  );
  const checkMarker = async (): Promise<void> => {
    const { marker, now } = await link.call((redis) => probeServer(redis, markerKey));
    facts = marker === facts!.marker ? { ...facts!, now } : await link.call((redis) => readServerFacts(redis, markerKey));
    run.look();
  };
  return { link, hints, run, facts: () => facts!, checkMarker };
}

/** Answers how to end it. */
function checkAgainAndAgain({ clock, checkMs = 1_000 }: RedisCacheOptions, { hints, checkMarker }: Parts): () => Promise<void> {
  const stopping = new AbortController();
  const check = async (): Promise<void> => {
    for (;;) {
      await clock.delay(checkMs, stopping.signal);
      if (stopping.signal.aborted) return;
      // A failed check has already given up the connection it found broken.
      await Promise.allSettled([checkMarker(), hints.check()]);
    }
  };
  const checking = check();
  return async () => {
    stopping.abort();
    await checking;
  };
}

async function open(link: Link, { url, connect = 'once', clock, log, signal }: RedisCacheOptions, where: string): Promise<void> {
  let told = '';
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    try {
      return await link.open();
    } catch (error) {
      const { line, lasting } = await troubleAt(url, error);
      if (connect === 'once' || lasting || signal?.aborted) {
        link.close();
        throw new CacheRefused(`${where} ${line}`, { cause: error });
      }
      if (line !== told) log.warn(`waiting for the cache: ${where} ${line}`);
      told = line;
      await clock.delay(pauseMs, signal);
    }
  }
}

async function troubleAt(url: string, error: unknown): Promise<Trouble> {
  const trouble = troubleOf(error);
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'redis:' || !saidNothing(error)) return trouble;
  const other = await findOtherKind('Redis', hostname.replace(/^\[|\]$/g, ''), Number(port || 6379));
  return other === null ? trouble : { line: `is ${other}; check the host and port in its URL`, lasting: true };
}

async function healthOf({ link, hints, run }: Parts, where: string): Promise<string | null> {
  try {
    await link.call((redis) => redis.ping());
    return run.name() === null ? `${where} answers, but hints are not heard: ${hints.trouble.line}` : null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** For people; without user and password. */
function whereIs(url: string): string {
  const { protocol, hostname, port } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '', port: '' };
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '')
    throw new CacheRefused('the address of Redis must be redis://host:port');
  return `Redis at ${hostname}:${port || '6379'}`;
}
