import { once } from 'node:events';
import type { Frame } from '@commonpurse/shared/testing';
import { WebSocket } from 'ws';
import { eventually } from './eventually.ts';

/** A WebSocket that keeps every frame it was sent, in order. */
export interface Live {
  readonly frames: Frame[];
  /** The first frame that is like this, waiting for it if need be. */
  frame(like: (frame: Frame) => boolean): Promise<Frame>;
  /** Calls back with every frame that comes from now on. */
  onFrame(listener: (frame: Frame) => void): void;
  send(message: unknown): void;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  close(): Promise<void>;
}

/** Opens the live channel with an access token; everything after `since`, if given, comes first. */
export async function goLive(url: string, accessToken: string, since?: number): Promise<Live> {
  const address = `${url.replace('http', 'ws')}/ws${since === undefined ? '' : `?since=${since}`}`;
  const socket = new WebSocket(address, 'commonpurse.v1', { headers: { authorization: `Bearer ${accessToken}` } });
  socket.setMaxListeners(0);
  const frames: Frame[] = [];
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as Frame));
  const closed = once(socket, 'close').then(([code]) => code as number);
  // one that is refused fails below, not here
  closed.catch(() => {});
  await once(socket, 'open');
  const frame = async (like: (frame: Frame) => boolean): Promise<Frame> =>
    (await eventually(
      async () => frames.find(like),
      (found) => found !== undefined,
    ))!;
  await frame(({ type }) => type === 'hello');
  return {
    frames,
    frame,
    onFrame: (listener) => void socket.on('message', (data: Buffer) => listener(JSON.parse(data.toString()) as Frame)),
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    close: async () => {
      socket.close();
      await closed;
    },
  };
}
