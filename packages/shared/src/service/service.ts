import type { Server } from 'node:http';
import type { Registry } from '@prometheus-io/client';
import type { Logger } from 'pino';
import type { Cache } from '../cache/cache.ts';
import type { DocumentStore } from '../documents/documents.ts';
import type { Bus } from '../messaging/bus.ts';
import type { Clock } from './clock.ts';
import type { Peers, ServiceName } from './peers.ts';

/** What every service is given; which adapters stand behind it, only composition roots know. */
export interface ServiceDeps {
  readonly documents: DocumentStore;
  readonly bus: Bus;
  readonly cache: Cache;
  readonly peers: Peers;
  readonly clock: Clock;
  readonly log: Logger;
  /** The security log's own stream; absent: lines of `log` that say so. */
  readonly securityLog?: Logger;
  /** INTERNAL_KEY: checks and signs tokens between services. */
  readonly internalKey: string;
  /** This installation's key: ids of repeated requests, refresh tokens and mailed links derive from it, and it signs cursors. */
  readonly installationKey: Buffer;
  /** How long a line of history may wait for others to be written with; absent: not at all. */
  readonly linesWithinMs?: number;
}

/** A running part of the system. */
export interface Service {
  readonly name: ServiceName;
  /** Opens stores and the HTTP port, so that others can find it; answers 503 until started. `port` 0 picks a free one. */
  listen(address: { host: string; port: number }): Promise<{ url: string; port: number }>;
  /** Catches up, subscribes, sweeps; resolves when ready. */
  start(): Promise<void>;
  /** The first part of a stop, for a system whose gateway stops before this service does: clients with an open WebSocket are told that it ends
   *  while that can still reach them. Resolves when they have gone, or their time is over. */
  sayGoodbye(): Promise<void>;
  /** Not ready any more, requests finish, the relay drains, everything is closed. */
  stop(): Promise<void>;
  readonly ready: boolean;
  health(): Promise<ServiceHealth>;
  readonly metrics: Registry;
  /** Resolves when it can't go on (its store failed): the process must end. */
  readonly failed: Promise<Error>;
  readonly server: Server;
}
export interface ServiceHealth {
  readonly name: ServiceName;
  readonly ready: boolean;
  /** By part (`store`, `bus`, `cache`, ...): `ok`, or one line saying what is wrong. */
  readonly parts: Readonly<Record<string, string>>;
}
