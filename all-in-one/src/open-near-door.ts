import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:net';
import { waitingMax } from '@commonpurse/shared/service';

/** A way into a service beside its port. */
export interface NearDoor {
  readonly path: string;
  /** Nobody else comes in; who is in stays. */
  close(): void;
}

/** Opens one for the gateway's thread: what goes through it costs the kernel half of what it costs at a port. A service can't tell who came
 *  which way. null where there can be none: there is still the port. */
export async function openNearDoor(server: Server, path = freshPath()): Promise<NearDoor | null> {
  if (path === null) return null;
  // as Node's own server of HTTP has it: an end of the request is not the end of its answer
  const door = createServer({ allowHalfOpen: true }, (socket) => server.emit('connection', socket));
  try {
    await once(door.listen({ path, backlog: waitingMax }), 'listening');
  } catch {
    return null;
  }
  return { path, close: () => void door.close() };
}

/** In Linux's abstract namespace, so that a process that is killed leaves no file behind. */
export const freshPath = (platform: NodeJS.Platform = process.platform): string | null =>
  platform === 'linux' ? `\0commonpurse-${randomUUID()}` : null;
