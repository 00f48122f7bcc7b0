import { Refusal } from '@commonpurse/shared/http';
import type { Clock, ServiceDeps } from '@commonpurse/shared/service';
import type { FeedEntry } from '../feed/entry.ts';
import type { PassingFrame } from '../feed/passing-frame.ts';
import type { FeedReader } from '../feed/read-entries.ts';
import type { CloseCode } from './close-code.ts';
import type { SocketLimits } from './limit.ts';
import type { RenderEntries } from './render-entries.ts';
import { type Connection, type Opening, serveSocket } from './serve-socket.ts';
import { createFeedStream, type FeedStream } from './stream-feed.ts';

/** All open sockets of this instance. A user without a socket here costs nothing. */
export interface SocketHost {
  /** Makes a place for a socket that is about to open. Throws 429 for one more than a user may have; rejects when the feed can't be read. */
  reserve(userId: string): Promise<Place>;
  /** These entries are in the user's feed now. */
  learn(userId: string, entries: readonly FeedEntry[]): void;
  /** Another instance says that the user's feed has grown to `seq`. */
  hear(userId: string, seq: number): void;
  pass(userId: string, frame: PassingFrame): void;
  /** Looks into the store whether anything was missed. */
  look(): Promise<void>;
  tick(): void;
  readonly connections: readonly Connection[];
  readonly userIds: readonly string[];
  closeAll(code: CloseCode, reason: string): void;
}
/** Held for a socket until it opens or does not. */
interface Place {
  open(opening: Opening): Connection;
  release(): void;
}
interface SocketHostDeps {
  readonly reader: FeedReader;
  readonly render: RenderEntries;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
  readonly limits: SocketLimits;
  /** Called when a socket of this person has opened; `pass` sends a frame to this one socket alone. */
  readonly opened: (userId: string, pass: (frame: PassingFrame) => void) => void;
  /** Called when the last of their sockets has closed. */
  readonly gone: (userId: string) => void;
}

/** The sockets of one user and the feed they share. */
interface Room {
  readonly stream: FeedStream;
  readonly connections: Set<Connection>;
  /** Open ones and those about to open. */
  places: number;
}

export function createSocketHost(deps: SocketHostDeps): SocketHost {
  const rooms = new Map<string, Room>();
  const all = (): Connection[] => [...rooms.values()].flatMap((room) => [...room.connections]);
  return {
    reserve: (userId) => reserve(deps, rooms, userId),
    learn: (userId, entries) => rooms.get(userId)?.stream.learn(entries),
    hear: (userId, seq) => rooms.get(userId)?.stream.hear(seq),
    pass(userId, frame) {
      for (const connection of rooms.get(userId)?.connections ?? []) connection.pass(frame);
    },
    async look() {
      for (const room of rooms.values()) await room.stream.look();
    },
    tick() {
      for (const connection of all()) connection.tick();
    },
    get connections() {
      return all();
    },
    get userIds() {
      return [...rooms.keys()];
    },
    closeAll(code, reason) {
      for (const connection of all()) connection.close(code, reason);
    },
  };
}

async function reserve(deps: SocketHostDeps, rooms: Map<string, Room>, userId: string): Promise<Place> {
  const room = rooms.get(userId) ?? openRoom(deps, userId);
  if (room.places >= deps.limits.perUserMax) {
    const headers = { 'Retry-After': String(Math.ceil(deps.limits.heartbeatMs / 1000)) };
    throw new Refusal('rate-limited', `At most ${deps.limits.perUserMax} sockets at once`, { headers });
  }
  rooms.set(userId, room);
  room.places += 1;
  const release = (): void => {
    room.places -= 1;
    if (room.places === 0) rooms.delete(userId);
  };
  try {
    // The room is there before the store is asked: what is appended in between is heard.
    await room.stream.look();
  } catch (error) {
    release();
    throw error;
  }
  return { release, open: (opening) => open(deps, room, opening, release) };
}

function openRoom({ reader, render }: SocketHostDeps, userId: string): Room {
  const connections = new Set<Connection>();
  const moved = (): void => {
    for (const connection of connections) connection.wake();
  };
  return { stream: createFeedStream({ userId, reader, render, moved }), connections, places: 0 };
}

function open(deps: SocketHostDeps, room: Room, opening: Opening, release: () => void): Connection {
  const { clock, log, limits } = deps;
  const { socket, holder } = opening;
  socket.on('error', (error) => log.info({ err: error, userId: holder.userId }, 'a socket failed'));
  const connection = serveSocket({ ...opening, stream: room.stream, clock, log, limits });
  room.connections.add(connection);
  deps.opened(holder.userId, (frame) => connection.pass(frame));
  socket.on('close', () => {
    room.connections.delete(connection);
    release();
    if (room.connections.size === 0) deps.gone(holder.userId);
  });
  return connection;
}
