/** Pieces put together as they come: each by itself, a body of one byte at a time would take a hundred times its size. */
export class Gathered {
  #room: Buffer = Buffer.alloc(0);
  length = 0;

  get bytes(): Buffer {
    return this.#room.subarray(0, this.length);
  }
  add(piece: Buffer): void {
    const needed = this.length + piece.length;
    // nearly every body is one piece, and needs no copy
    if (this.length === 0) this.#room = piece;
    else if (needed > this.#room.length) {
      const larger = Buffer.allocUnsafeSlow(needed * 2);
      this.bytes.copy(larger);
      this.#room = larger;
    }
    if (this.length > 0) piece.copy(this.#room, this.length);
    this.length = needed;
  }
}
