import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WholeRequest } from './hand-over.ts';

/** Bodies that are kept while they go on to an instance, for the case that it has not begun with them. */
export interface KeptBodies {
  /** From now on, until it is answered; before anything of it has come. What is returned gives all of it, once all of it has come: undefined
   *  where it has not, is too large, or had no room.
   *  @param source whose `data` goes on; default: the request's */
  keep(req: IncomingMessage, res: ServerResponse, source?: EventEmitter): () => WholeRequest | undefined;
}

/** More than this is only ever uploaded. */
const bodyBytesMax = 1024 * 1024;
/** What a piece takes beside its bytes, of which a client may send one at a time. */
const pieceBytes = 256;

/** @param roomBytes for all bodies together: a client that takes its time must not cost a gateway its memory */
export function createKeptBodies(roomBytes = 64 * 1024 * 1024): KeptBodies {
  let freeBytes = roomBytes;
  return {
    keep(req, res, source = req) {
      if (Number(req.headers['content-length'] ?? 0) > bodyBytesMax) return () => undefined;
      // the same pieces as go on: nothing is copied before it is needed
      const pieces: Buffer[] = [];
      let bytes = 0;
      let forgotten = false;
      const forget = (): void => {
        if (forgotten) return;
        forgotten = true;
        source.off('data', take);
        freeBytes += bytes + pieces.length * pieceBytes;
        pieces.length = 0;
      };
      const take = (piece: Buffer): void => {
        if (bytes + piece.length > bodyBytesMax || piece.length + pieceBytes > freeBytes) return forget();
        pieces.push(piece);
        bytes += piece.length;
        freeBytes -= piece.length + pieceBytes;
      };
      source.on('data', take);
      res.once('close', forget);
      return () => (forgotten || !req.readableEnded ? undefined : WholeRequest.from(pieces));
    },
  };
}
