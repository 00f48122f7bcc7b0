import { randomUUID } from 'node:crypto';
import type { ScriptedRedis } from './scripts.ts';
import { CacheRefused } from './trouble.ts';

/** What a connection has to know of its server. */
export interface ServerFacts {
  /** Names this run: another after a restart, which may have lost the last second, and another after the server was emptied. */
  readonly run: string;
  /** Of the two, what an emptying takes away. */
  readonly marker: string;
  /** The server's clock, in ms since the epoch: ahead of it by no more than a round trip. */
  readonly now: () => number;
  /** One line about a setting that will make trouble; null: none. */
  readonly doubt: string | null;
}

/** Asks a server who it is, and leaves a mark that goes when it is emptied. Throws when it can't serve. */
export async function readServerFacts(redis: ScriptedRedis, markerKey: string): Promise<ServerFacts> {
  const [info, set, probe] = await Promise.allSettled([
    redis.info(),
    redis.set(markerKey, randomUUID(), 'NX'),
    probeServer(redis, markerKey),
  ]);
  const facts = factsIn(answered(info));
  checkServer(facts);
  answered(set);
  const { marker, now } = answered(probe);
  if (marker === null) throw new Error('was emptied in this moment');
  return { run: `${facts.get('run_id')}.${marker}`, marker, now, doubt: doubtAbout(facts) };
}

/** What of it may change while a connection lasts. One round trip. */
export async function probeServer(redis: ScriptedRedis, markerKey: string): Promise<{ marker: string | null; now: () => number }> {
  const askedAt = performance.now();
  const [marker, [seconds, micros]] = await Promise.all([redis.get(markerKey), redis.time()]);
  const serverMs = Number(seconds) * 1_000 + Number(micros) / 1_000;
  return { marker, now: () => serverMs + performance.now() - askedAt };
}

function answered<T>(outcome: PromiseSettledResult<T>): T {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/** The lines of INFO. */
const factsIn = (info: string): Map<string, string> =>
  new Map(
    info
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );

/** GETDEL came with 6.2. */
const versionNeeded = 6.2;

function checkServer(facts: ReadonlyMap<string, string>): void {
  const version = facts.get('redis_version');
  if (version === undefined || !facts.has('run_id')) throw new CacheRefused('is no Redis, or hides what it is (INFO)');
  if (Number.parseFloat(version) < versionNeeded) throw new CacheRefused(`is Redis ${version}; ${versionNeeded} or newer is needed`);
  if (facts.get('loading') === '1') throw new Error('is still loading its data');
  if (facts.get('role') === 'slave') throw new Error('is a replica that can not be written; the address must be that of its master');
}

export function doubtAbout(facts: ReadonlyMap<string, string>): string | null {
  const policy = facts.get('maxmemory_policy') ?? 'noeviction';
  return policy === 'noeviction'
    ? null
    : `forgets entries when its memory is full (maxmemory-policy ${policy}), limits and tickets among them; noeviction is meant`;
}
