import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

interface ClientFrame {
  readonly payload: Buffer;
  /** RFC 6455 section 5.2; 1 is text. */
  readonly opcode?: number;
  readonly final?: boolean;
  readonly masked?: boolean;
  /** The three reserved bits. */
  readonly reserved?: number;
  /** What it says about its length, where that is not so. */
  readonly length?: number | bigint;
}

/** A frame as a client writes it, or as none should. */
export function clientFrame({
  payload,
  opcode = 1,
  final = true,
  masked = true,
  reserved = 0,
  length = payload.length,
}: ClientFrame): Buffer {
  const mask = masked ? randomBytes(4) : Buffer.alloc(0);
  const bit = masked ? 0x80 : 0;
  const head = [(final ? 0x80 : 0) | (reserved << 4) | opcode];
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(length));
  if (length < 126) head.push(bit | Number(length));
  else if (length < 65_536) head.push(bit | 126, ...size.subarray(6));
  else head.push(bit | 127, ...size);
  return Buffer.concat([Buffer.from(head), mask, masked ? payload.map((byte, at) => byte ^ mask[at % 4]!) : payload]);
}

/** A WebSocket over which anything can be written. */
interface RawSocket {
  write(bytes: Buffer): void;
  /** What the server says when it closes; null where it hangs up without a word. */
  readonly closeCode: Promise<number | null>;
}

export function rawSocket(url: string, token: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const head = [
      `GET /ws HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      `Authorization: Bearer ${token}`,
    ];
    const key = randomBytes(16).toString('base64');
    const socket = connect(Number(port), hostname, () =>
      socket.write([...head, `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', '', ''].join('\r\n')),
    );
    let heard = Buffer.alloc(0);
    const ended = new Promise<void>((done) => socket.once('close', () => done()));
    const closeCode = ended.then(() => closeCodeIn(heard));
    socket.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk]);
      if (heard.includes('\r\n\r\n')) resolve({ write: (bytes) => void (socket.writable && socket.write(bytes)), closeCode });
    });
    socket.on('error', reject);
    socket.on('end', () => socket.end());
  });
}

/** Walks the frames of a server behind its handshake to the one that closes. */
function closeCodeIn(heard: Buffer): number | null {
  let at = heard.indexOf('\r\n\r\n') + 4;
  while (at + 2 <= heard.length) {
    const opcode = heard[at]! & 0x0f;
    let length = heard[at + 1]! & 0x7f;
    let start = at + 2;
    if (length === 126) [length, start] = [heard.readUInt16BE(start), start + 2];
    else if (length === 127) [length, start] = [Number(heard.readBigUInt64BE(start)), start + 8];
    if (opcode === 8) return length >= 2 ? heard.readUInt16BE(start) : 1005;
    at = start + length;
  }
  return null;
}

/** One text in so many pieces. */
export const fragments = (count: number, bytes: number): Buffer[] =>
  Array.from({ length: count }, (_, at) =>
    clientFrame({ opcode: at === 0 ? 1 : 0, final: at === count - 1, payload: Buffer.alloc(bytes, 'a') }),
  );
