import type { Doc, Documents } from '@commonpurse/shared/documents';
import { batchesOf } from '@commonpurse/shared/service';
import { FileProblem } from './file-problem.ts';

/** A piece of an uploaded file. `_id`: the upload's id, a colon, the piece's number from 0 in six digits. */
export interface ImportChunk extends Doc {
  /** Base64. */
  readonly data: string;
  /** When the upload began; in the first piece only, for the sweep that finds uploads nobody needs. */
  readonly startedAt?: string;
}

export const chunkBytes = 256 * 1024;

const chunkId = (uploadId: string, at: number): string => `${uploadId}:${String(at).padStart(6, '0')}`;
const positionOf = ({ _id }: ImportChunk): number => Number(_id.slice(_id.lastIndexOf(':') + 1));

/** Takes a file's bytes as they come and keeps them in the service's own store, a piece at a time: memory stays flat, and any instance
 *  can read them. */
export class UploadKeeper {
  readonly #chunks: Documents<ImportChunk>;
  readonly #uploadId: string;
  readonly #startedAt: string;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #kept = 0;
  #keeping: Promise<unknown> = Promise.resolve();
  #isGivenUp = false;

  constructor(chunks: Documents<ImportChunk>, uploadId: string, startedAt: string) {
    this.#chunks = chunks;
    this.#uploadId = uploadId;
    this.#startedAt = startedAt;
  }

  /** Resolves when there is room for more. */
  async take(bytes: Buffer): Promise<void> {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= chunkBytes) await this.#flush();
  }

  /** Resolves when everything is durable: with how many pieces there are. */
  async end(): Promise<number> {
    if (this.#waitingBytes > 0) await this.#flush(true);
    return this.#kept;
  }

  /** Nothing more is kept; resolves when nothing is under way any more, which would come after what is removed now. */
  async giveUp(): Promise<void> {
    this.#isGivenUp = true;
    await this.#keeping.catch(() => undefined);
  }

  async #flush(all = false): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    const enough = all ? 1 : chunkBytes;
    let at = 0;
    while (bytes.length - at >= enough) {
      await this.#keep(bytes.subarray(at, at + chunkBytes));
      at += chunkBytes;
    }
    this.#waiting = at < bytes.length ? [bytes.subarray(at)] : [];
    this.#waitingBytes = Math.max(0, bytes.length - at);
  }

  async #keep(piece: Buffer): Promise<void> {
    if (this.#isGivenUp) return;
    const first = this.#kept === 0 ? { startedAt: this.#startedAt } : {};
    this.#keeping = this.#chunks.insert({ _id: chunkId(this.#uploadId, this.#kept), version: 1, data: piece.toString('base64'), ...first });
    await this.#keeping;
    this.#kept += 1;
  }
}

/** A kept file's bytes, piece by piece. */
export async function* readUpload(chunks: Documents<ImportChunk>, uploadId: string, count: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < count; at += 1) {
    const chunk = await chunks.get(chunkId(uploadId, at));
    if (chunk === null) throw new FileProblem('file-lost', 'The uploaded file is not there any more.');
    yield Buffer.from(chunk.data, 'base64');
  }
}

const removedAtOnce = 64;

/** Leaves nothing of it; harmless when there is nothing. The first piece goes last, so that what a crash leaves can still be found. Only the last one is
 *  read, to see how many there are: together they are as large as the file. */
export async function removeUpload(chunks: Documents<ImportChunk>, uploadId: string): Promise<void> {
  const kept = { _id: { $gte: `${uploadId}:`, $lt: `${uploadId};` } };
  const [last] = await chunks.find(kept, { sort: [['_id', -1]], limit: 1 });
  if (last === undefined) return;
  const ids = Array.from({ length: positionOf(last) + 1 }, (_, at) => chunkId(uploadId, at)).toReversed();
  for (const some of batchesOf(ids, removedAtOnce)) await chunks.remove(some);
}
