import { connect } from 'node:net';
import { BSON } from 'mongodb';

const answerMs = 1_000;
const headerBytes = 16;
/** OP_MSG and OP_REPLY. */
const answers = new Set([2013, 1]);

/** What a server that can't be MongoDB answers to MongoDB's greeting, or to a line; null when it may be one: nobody is there, it says
 *  nothing, or it answers as MongoDB does. The driver waits for the rest of what it takes for a very long message. */
export async function findOtherKind(host: string, port: number): Promise<string | null> {
  const heard = await Promise.all([greeting(), line].map((said) => answerTo(said, host, port)));
  return heard.map(kindOf).find((kind) => kind !== null) ?? null;
}

/** What reads lines, as Redis and HTTP do, finds no end of one in the greeting and says nothing; MongoDB takes this for the beginning of
 *  a message. */
const line = Buffer.from('?\r\n\r\n');

function answerTo(said: Buffer, host: string, port: number): Promise<Buffer> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    const socket = connect(port, host, () => socket.write(said));
    socket.setTimeout(answerMs, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      if (read.length >= headerBytes) socket.destroy();
    });
    socket.on('close', () => resolve(read));
  });
}

function kindOf(answer: Buffer): string | null {
  if (answer.length === 0) return null;
  if (answer.length >= headerBytes && answers.has(answer.readInt32LE(12))) return null;
  return `it answers ${JSON.stringify(answer.toString('latin1').slice(0, 12))}`;
}

/** A `hello` as OP_MSG: length, request id, no answer to anything, opcode, flags, and one section of kind 0. */
function greeting(): Buffer {
  const body = BSON.serialize({ hello: 1, $db: 'admin' });
  const message = Buffer.alloc(headerBytes + 5 + body.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(1, 4);
  message.writeInt32LE(2013, 12);
  message.set(body, headerBytes + 5);
  return message;
}
