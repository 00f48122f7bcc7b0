import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { cutOffAfter } from './cut-off-after.ts';
import { problemContentType, problemHeaders, problemOf } from './problem.ts';
import type { Refusal } from './refusal.ts';

/** Refuses to go on in another protocol. The socket still speaks HTTP: the refusal is a plain answer, and the connection ends. The server has let go of
 *  it, with all that it measures connections by: what the client still says is heard for nobody, since unread it would hide that the client has
 *  gone, and one that never goes is cut off.
 *  @param headers carried beside the problem's own
 *  @param leaveMsMax so long the client may take to go */
export function refuseUpgrade(
  socket: Duplex,
  refusal: Refusal,
  requestId: string,
  headers: Readonly<Record<string, string>>,
  leaveMsMax = 3_000,
): void {
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
  socket.resume();
  cutOffAfter(socket, leaveMsMax);
}
