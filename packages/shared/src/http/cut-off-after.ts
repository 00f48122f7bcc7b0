import type { Duplex } from 'node:stream';

/** Destroys a connection that has not closed by itself in time. */
export function cutOffAfter(socket: Duplex, msMax: number): void {
  if (socket.closed) return;
  const timer = setTimeout(() => socket.destroy(), msMax);
  socket.once('close', () => clearTimeout(timer));
}
