import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { problemContentType, problemHeaders, problemOf } from './problem.ts';
import type { Refusal } from './refusal.ts';

/** Refuses to go on in another protocol. The socket still speaks HTTP: the refusal is a plain answer, and the connection ends.
 *  @param headers carried beside the problem's own */
export function refuseUpgrade(socket: Duplex, refusal: Refusal, requestId: string, headers: Readonly<Record<string, string>>): void {
  const body = JSON.stringify(problemOf(refusal, requestId));
  const all: Record<string, string> = {
    ...problemHeaders(refusal),
    ...headers,
    'Content-Type': problemContentType,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, ...lines, '', body].join('\r\n'));
}
