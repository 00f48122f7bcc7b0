import type { IncomingMessage } from 'node:http';
import { Stream } from 'node:stream';
import { Gathered } from '@commonpurse/shared/http';

/** What waits here at most, beside what one read of the connection brings. */
const bytesMax = 64 * 1024;

/** A body in chunks, given in place of its request's stream. A client may make a chunk of each byte; handed on as they come, each takes a
 *  thousand times its size, here and in the service. So what comes in one turn of the event loop goes on as one. Emits `data` as it goes on. */
export class GatheredBody extends Stream {
  readonly #req: IncomingMessage;
  #to: (NodeJS.WritableStream & { readonly destroyed?: boolean }) | null = null;
  #gathered = new Gathered();
  #turn: NodeJS.Immediate | null = null;

  /** undefined for one that comes in no chunks: of that, Node makes one piece of whatever one read brings. */
  static of(req: IncomingMessage): GatheredBody | undefined {
    return req.headers['transfer-encoding'] === undefined ? undefined : new GatheredBody(req);
  }

  private constructor(req: IncomingMessage) {
    super();
    this.#req = req;
    req.on('data', this.#take).once('end', this.#handOn);
  }

  override pipe<T extends NodeJS.WritableStream>(to: T): T {
    this.#to = to;
    to.on('drain', this.#go).once('close', () => this.letGo());
    // whoever has answered wants no more of it
    to.once('response', (answer: IncomingMessage) => answer.once('end', () => this.letGo()));
    this.#handOn();
    return to;
  }

  /** Whatever is still to come is somebody else's to read, or nobody's. */
  letGo(): void {
    if (this.#turn !== null) clearImmediate(this.#turn);
    this.#req.off('data', this.#take).off('end', this.#handOn);
    this.#go();
  }

  readonly #take = (piece: Buffer): void => {
    this.#gathered.add(piece);
    if (this.#gathered.length >= bytesMax) this.#handOn();
    else this.#turn ??= setImmediate(this.#handOn);
  };

  readonly #handOn = (): void => {
    if (this.#turn !== null) clearImmediate(this.#turn);
    this.#turn = null;
    const { bytes } = this.#gathered;
    if (this.#to === null) return bytes.length < bytesMax ? undefined : this.#wait();
    if (bytes.length > 0 && this.#to.destroyed !== true) {
      this.#gathered = new Gathered();
      this.emit('data', bytes);
      if (this.#to.write(bytes)) this.#go();
      else this.#wait();
    }
    if (this.#req.readableEnded) this.#to.end();
  };

  /** The connection, too: what Node counts before it stops reading are bytes, however many chunks they make. */
  #wait(): void {
    this.#req.pause();
    this.#req.socket.pause();
  }

  readonly #go = (): void => {
    this.#req.resume();
    this.#req.socket.resume();
  };
}
