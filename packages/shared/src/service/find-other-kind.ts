import { connect } from 'node:net';

export type ServerKind = keyof typeof kinds;
interface Answer {
  readonly bytes: Buffer;
  /** As Latin-1. */
  readonly text: string;
}

/** By what a server answers to one of `greetings`. */
const kinds = {
  /** OP_MSG and OP_REPLY. */
  MongoDB: ({ bytes }: Answer) => bytes.length >= headerBytes && [2013, 1].includes(bytes.readInt32LE(12)),
  /** The version that it would rather be greeted with. */
  RabbitMQ: ({ text }: Answer) => text.startsWith('AMQP'),
  /** There is no such command, or a reason to take none. */
  Redis: ({ text }: Answer) => text.startsWith('-'),
  HTTP: ({ text }: Answer) => text.startsWith('HTTP/'),
};
const headerBytes = 16;
const answerMs = 1_000;

/** MongoDB's `hello`: a header, flags, and a section of kind 0 with `{ hello: 1, $db: 'admin' }`. */
const hello = '\x34\0\0\0\x01\0\0\0\0\0\0\0\xdd\x07\0\0\0\0\0\0\0\x1f\0\0\0\x10hello\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0';
/** What reads lines, as Redis does, finds no end of one in `hello` and says nothing; MongoDB waits for the rest of what it takes for a very
 *  long message. */
const line = '?\r\n\r\n';
const greetings = [hello, line].map((text) => Buffer.from(text, 'latin1'));

/** What listens there in place of a server of this kind, for an operator; null when it may be one: nobody is there, it says nothing, or it
 *  answers as it should. Clients can't tell: to most of them another kind is one that says nothing or hangs up, as one does that starts. */
export async function findOtherKind(wanted: ServerKind, host: string, port: number): Promise<string | null> {
  const answers = await Promise.all(greetings.map((greeting) => answerTo(greeting, host, port)));
  const heard = answers.filter(({ bytes }) => bytes.length > 0);
  if (heard.length === 0 || heard.some(kinds[wanted])) return null;
  const kind = (Object.keys(kinds) as ServerKind[]).find((each) => heard.some(kinds[each]));
  return `another kind of server: it answers ${kind === undefined ? JSON.stringify(heard[0]!.text.slice(0, 12)) : `as ${kind} does`}`;
}

function answerTo(greeting: Buffer, host: string, port: number): Promise<Answer> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const socket = connect(port, host, () => socket.write(greeting));
    socket.setTimeout(answerMs, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= headerBytes) socket.destroy();
    });
    socket.on('close', () => resolve({ bytes, text: bytes.toString('latin1') }));
  });
}
