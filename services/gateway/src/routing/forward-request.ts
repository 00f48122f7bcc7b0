import { type Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { answered } from './forwarded-headers.ts';

/** A request on its way to one instance of a service. */
export interface Passage {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** What the service is told, and what the door has said already: names and values in turn. */
  readonly told: readonly string[];
  readonly own: readonly string[];
  readonly url: URL;
  /** Its `timeout` is how long the service may stay silent. */
  readonly agent: Agent;
}

/** The service said nothing for too long. */
export class Silent extends Error {
  override readonly name = 'Silent';
}

/** Streams a request to a service as it comes and the answer as it comes back: no body is held here. Rejects as long as nothing of an
 *  answer is out; after that a failure cuts the client's connection, and only that tells it that the rest is missing. */
export function forwardRequest({ req, res, told, own, url, agent }: Passage): Promise<void> {
  return new Promise((resolve, reject) => {
    const { method, url: path } = req;
    const hasBody = req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
    const headers = hasBody ? told : [...told, 'content-length', '0'];
    const sent = request({ agent, host: url.hostname, port: url.port, method, path, headers });
    const fail = (error: Error): void => (res.headersSent ? void res.destroy() : reject(error));
    sent.once('response', (answer) => {
      res.writeHead(answer.statusCode!, answer.statusMessage, answered(own, answer.rawHeaders));
      answer.once('error', fail);
      pour(answer, res);
    });
    sent.once('timeout', () => sent.destroy(new Silent('the service said nothing for too long')));
    sent.on('error', fail);
    res.once('close', () => {
      if (!res.writableFinished) sent.destroy();
      resolve();
    });
    if (hasBody) pour(req, sent);
    else sent.end();
  });
}

/** Hands on what comes, no faster than it is taken. */
function pour(from: Readable, to: Writable): void {
  from.on('data', (chunk: Buffer) => {
    // What nobody takes any more is read all the same: the connection it came on goes on.
    if (to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.once('end', () => to.end());
}
