import type { Socket } from 'node:net';

/** Destroys a connection that has not closed by itself in time. */
export function cutOffAfter(socket: Socket, msMax: number): void {
  const timer = setTimeout(() => socket.destroy(), msMax);
  socket.once('close', () => clearTimeout(timer));
}
