import type { Frame } from '@commonpurse/shared/testing';
import { type ClientOptions, WebSocket } from 'ws';

export interface SocketOptions {
  readonly token?: string;
  readonly ticket?: string;
  readonly since?: number | string;
  readonly protocols?: readonly string[];
  readonly origin?: string;
  readonly query?: string;
  readonly ws?: ClientOptions;
}
/** A client that keeps what it is told. */
export interface TestSocket {
  readonly ws: WebSocket;
  readonly frames: Frame[];
  /** Those that have a number. */
  readonly seqs: number[];
  /** Resolves with the first frame (also an earlier one) that fits. */
  next(fits: string | ((frame: Frame) => boolean)): Promise<Frame>;
  send(frame: unknown): void;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): Promise<unknown>;
}
/** The upgrade was refused. */
export class UpgradeRefused extends Error {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly problem: { readonly code: string; readonly [name: string]: unknown };
  constructor(status: number, headers: Record<string, unknown>, body: string) {
    super(`refused: ${status} ${body}`);
    this.status = status;
    this.headers = headers;
    this.problem = JSON.parse(body) as { code: string };
  }
}

/** Resolves when the socket is open; rejects with `UpgradeRefused`. */
export function openSocket(url: string, options: SocketOptions = {}): Promise<TestSocket> {
  const query = new URLSearchParams(options.query);
  if (options.ticket !== undefined) query.set('ticket', options.ticket);
  if (options.since !== undefined) query.set('since', String(options.since));
  const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws?${query.toString()}`, [...(options.protocols ?? [])], {
    headers,
    perMessageDeflate: false,
    ...(options.origin === undefined ? {} : { origin: options.origin }),
    ...options.ws,
  });
  const socket = listenTo(ws);
  return new Promise((resolve, reject) => {
    ws.once('open', () => resolve(socket));
    ws.once('error', reject);
    ws.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => reject(new UpgradeRefused(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString())));
    });
  });
}

function listenTo(ws: WebSocket): TestSocket {
  const frames: Frame[] = [];
  let waiting: { fits: (frame: Frame) => boolean; resolve: (frame: Frame) => void }[] = [];
  ws.on('message', (data) => {
    const frame = JSON.parse((data as Buffer).toString()) as Frame;
    frames.push(frame);
    for (const one of waiting.filter((each) => each.fits(frame))) one.resolve(frame);
    waiting = waiting.filter((one) => !one.fits(frame));
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  return {
    ws,
    frames,
    get seqs() {
      return frames.flatMap((frame) => frame.seq ?? []);
    },
    next: (what) => {
      const fits = typeof what === 'string' ? (frame: Frame) => frame.type === what : what;
      const found = frames.find(fits);
      return found ? Promise.resolve(found) : new Promise((resolve) => waiting.push({ fits, resolve }));
    },
    send: (frame) => ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    closed,
    close: () => {
      ws.close();
      return closed;
    },
  };
}
