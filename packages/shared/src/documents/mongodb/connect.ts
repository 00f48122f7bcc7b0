import type { MongoClientOptions } from 'mongodb';
import { MongoClient, MongoCompatibilityError, MongoServerError } from 'mongodb';
import { findOtherKind } from '../../service/find-other-kind.ts';
import { StoreRefused, StoreUnavailable } from '../documents.ts';

/** Times after which a caller is told that the store can't say. */
export interface MongoLimits {
  /** Connections at most. Default 20. */
  readonly poolMax: number;
  /** To find and reach the server. Default 2 s. */
  readonly connectMs: number;
  /** To answer one command. Default 10 s. */
  readonly answerMs: number;
}
export const defaultLimits: MongoLimits = { poolMax: 20, connectMs: 2_000, answerMs: 10_000 };

/** Whatever the URL says of these is overruled: the contract rests on them. A write that the driver would send twice may meet itself on
 *  servers that take the retry's number and don't heed it; then a success would be told as a refusal. */
const durable: MongoClientOptions = {
  appName: 'commonpurse',
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: 10_000 },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  retryWrites: false,
  retryReads: true,
  ignoreUndefined: true,
  promoteLongs: true,
  promoteValues: true,
  // the driver looks up field names in it: an object with a prototype would take `constructor` for one of its own
  fieldsAsRaw: Object.create(null) as object,
};

/** Connects, and knows that the server answers. Rejects with one line: `StoreUnavailable` where waiting may help, `StoreRefused` where an
 *  operator must act. Passwords are never part of it. */
export async function connect(url: string, limits: MongoLimits): Promise<MongoClient> {
  const client = clientFor(url, limits);
  try {
    await client.connect();
    await client.db('admin').command({ ping: 1 });
    return client;
  } catch (error) {
    await client.close().catch(() => {});
    throw await refusalOf(error, client);
  }
}

function clientFor(url: string, { poolMax, connectMs, answerMs }: MongoLimits): MongoClient {
  try {
    return new MongoClient(url, {
      ...durable,
      maxPoolSize: poolMax,
      serverSelectionTimeoutMS: connectMs,
      connectTimeoutMS: connectMs,
      heartbeatFrequencyMS: connectMs,
      waitQueueTimeoutMS: answerMs,
      socketTimeoutMS: answerMs,
    });
  } catch {
    // what the driver says of a malformed URL may quote parts of it
    throw new StoreRefused(
      'the URL of the MongoDB server is malformed: write mongodb://user:password@host:port/, special characters as %xx',
    );
  }
}

const authCodes = new Set<unknown>([13, 18, 8000, 334]);

async function refusalOf(error: unknown, client: MongoClient): Promise<Error> {
  const { hosts, credentials } = client.options;
  const at = `MongoDB at ${hosts.join(', ')}`;
  if (error instanceof MongoServerError && authCodes.has(error.code)) {
    const who = credentials?.username ? `the user ${credentials.username}` : 'a connection without user and password';
    return new StoreRefused(`${at} refuses ${who}: check user, password and authSource in its URL`, { cause: error });
  }
  if (error instanceof MongoCompatibilityError) return new StoreRefused(`${at} is too old or too new: ${error.message}`, { cause: error });
  const [host] = hosts;
  const other = host?.host === undefined || client.options.tls ? null : await findOtherKind('MongoDB', host.host, host.port ?? 27017);
  if (other !== null) return new StoreRefused(`${at} is ${other}; check the host and port in its URL`);
  return new StoreUnavailable(`${at} can't be reached: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
