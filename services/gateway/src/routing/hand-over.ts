import type { IncomingMessage, ServerResponse } from 'node:http';
import { Stream } from 'node:stream';
import { handedBack, type Words } from './forwarded-headers.ts';

/** An answer of at most so many bytes goes out in one piece, once all of it is here. */
const wholeBytesMax = 64 * 1024;

/** A request that is here already, given in place of its stream: a stream that ends by itself costs more than what is in it. */
export class WholeRequest extends Stream {
  /** One character for each byte: Node writes such a text out together with the headers. */
  readonly #body: string;

  /** undefined for one whose body still comes, or comes in chunks. */
  static of(req: IncomingMessage): WholeRequest | undefined {
    if (req.headers['transfer-encoding'] !== undefined) return undefined;
    if (req.headers['content-length'] === undefined) return new WholeRequest('');
    if (!req.complete) return undefined;
    return new WholeRequest((req.read() as Buffer | null)?.toString('latin1') ?? '');
  }

  static from(pieces: readonly Buffer[]): WholeRequest {
    return new WholeRequest(Buffer.concat(pieces).toString('latin1'));
  }

  private constructor(body: string) {
    super();
    this.#body = body;
  }

  override pipe<T extends NodeJS.WritableStream>(to: T): T {
    to.end(this.#body, 'latin1');
    return to;
  }
}

/** Gives the client what a service answers: in one piece where it is small, otherwise as it comes. */
export function handBack(answer: IncomingMessage, req: IncomingMessage, res: ServerResponse, words: Words): void {
  const { rawHeaders, statusMessage, statusCode = 502 } = answer;
  const unframed = req.httpVersion === '1.0' || statusCode === 204 || statusCode === 304;
  res.writeHead(statusCode, statusMessage, handedBack(rawHeaders, words, unframed));
  if (!(bytesOf(rawHeaders) <= wholeBytesMax)) {
    pardonSilence(answer);
    return void answer.pipe(res);
  }
  // what has come together with the headers is here a tick later
  process.nextTick(handBackWhole, answer, res);
}

/** While the client takes nothing, nothing is taken from the service, which is silent then and has not failed: how long a client may do that is
 *  measured on its own connection. */
function pardonSilence(answer: IncomingMessage): void {
  const { socket } = answer;
  const silentMsMax = socket.timeout ?? 0;
  answer.on('pause', () => socket.setTimeout(0)).on('resume', () => socket.setTimeout(silentMsMax));
}

function handBackWhole(answer: IncomingMessage, res: ServerResponse): void {
  let body = '';
  const take = (chunk: Buffer | null): void => void (body += chunk?.toString('latin1') ?? '');
  if (answer.complete) take(answer.read() as Buffer | null);
  else answer.on('data', take);
  // not before: a client's answer that is over while the service's is not cuts the connection to the service
  answer.once('end', () => res.end(body, 'latin1'));
}

/** NaN where nothing is said of it. */
function bytesOf(headers: readonly string[]): number {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]!.length === 14 && headers[at]!.toLowerCase() === 'content-length') return Number(headers[at + 1]);
  }
  return Number.NaN;
}
