import { connect } from 'node:net';

interface Heard {
  /** Everything that came back. */
  readonly text: string;
  /** The status of each answer in it, in order. */
  readonly statuses: readonly number[];
  /** The other side ended the connection. */
  readonly ended: boolean;
}

/** Where a server neither goes on nor ends the connection; only a failing test waits for it. */
const silenceMs = 60_000;

/** Writes bytes as they are to a server and listens until it ends the connection, or has been silent for long after its first answer. */
export function converse(url: string, bytes: string | Buffer): Promise<Heard> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const chunks: Buffer[] = [];
    let silence: NodeJS.Timeout | undefined;
    const done = (ended: boolean) => (): void => {
      clearTimeout(silence);
      socket.destroy();
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ text, ended, statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)) });
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      clearTimeout(silence);
      silence = setTimeout(done(false), silenceMs);
    });
    // a server that has heard enough may reset the connection once it has answered
    socket.on('error', (error) => (chunks.length > 0 ? done(true)() : reject(error)));
    socket.on('end', done(true));
  });
}

/** A request as it goes over the wire. */
export const written = (line: string, headers: readonly string[], body = ''): string =>
  [line, 'Host: x', ...headers, '', body].join('\r\n');
