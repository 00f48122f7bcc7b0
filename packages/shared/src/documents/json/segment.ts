import type { DiskFile } from './disk.ts';

/** A file that cold documents are read from. It stays open after it was replaced until the last read of it is done. */
export class Segment {
  readonly file: DiskFile;
  #readers = 0;
  #retired = false;

  constructor(file: DiskFile) {
    this.file = file;
  }
  /** Reads whole ranges; resolves to the buffer filled. */
  async read(position: number, bytes: number): Promise<Buffer> {
    const into = Buffer.allocUnsafe(bytes);
    let at = 0;
    while (at < bytes) {
      const count = await this.file.read(at === 0 ? into : into.subarray(at), position + at);
      if (count === 0) throw new Error(`the file ends before byte ${position + bytes}`);
      at += count;
    }
    return into;
  }
  acquire(): void {
    this.#readers++;
  }
  async release(): Promise<void> {
    this.#readers--;
    await this.#closeWhenUnused();
  }
  /** Nothing new will be read from it. */
  async retire(): Promise<void> {
    this.#retired = true;
    await this.#closeWhenUnused();
  }
  async #closeWhenUnused(): Promise<void> {
    if (this.#retired && this.#readers === 0) await this.file.close();
  }
}
