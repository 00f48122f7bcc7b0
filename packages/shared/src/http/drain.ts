import type { IncomingMessage } from 'node:http';

/** How much of a body that is refused is still taken off the wire; past it the connection is cut. */
const drainBytesMax = 64 * 1024 * 1024;
/** A client that has stopped sending for so long is waiting for its answer. */
const silenceMs = 3_000;

/** Reads on without keeping anything; resolves at the body's end, or once the client falls silent: many clients listen for an answer only
 *  when they have sent everything, and one that is answered and cut off before never hears why. What would stay unread besides stands in
 *  the way of the connection's next request. */
export function drained(req: IncomingMessage): Promise<void> {
  const announced = req.headers['content-length'] ?? req.headers['transfer-encoding'] ?? '0';
  if (announced === '0' || req.destroyed) return Promise.resolve();
  if (req.complete) {
    // it is here already, and only has to be let go
    req.resume();
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(silence);
      resolve();
    };
    let bytes = 0;
    // One turn later: what has arrived while this process was busy with something else is no silence.
    const silence = setTimeout(() => {
      const before = bytes;
      setImmediate(() => bytes === before && done());
    }, silenceMs);
    req.on('error', done);
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      silence.refresh();
      if (bytes > drainBytesMax) req.destroy();
    });
    req.once('end', done).once('close', done);
    // whoever read it before may have left it paused
    req.resume();
    // It will be cut off before it has sent everything: who listens meanwhile hears why.
    if (Number(announced) > drainBytesMax) done();
  });
}
