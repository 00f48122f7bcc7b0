/** What a socket may cost. */
export interface SocketLimits {
  /** How often a peer is asked for a sign of life; without one until the next time it is dead. */
  readonly heartbeatMs: number;
  /** Frames waiting for a client that doesn't take them. */
  readonly waitingBytesMax: number;
  /** How long a client may take nothing while something waits. */
  readonly stalledMsMax: number;
  readonly messageBytesMax: number;
  /** Frames of a client that are heard before the next tick, four times a second; no more is read before that. */
  readonly heardFramesMax: number;
  /** Bytes of a client that a tick is worth: whoever sends more is not read for so much longer. */
  readonly heardBytesMax: number;
  /** Frames that were not understood, before it ends. */
  readonly errorsMax: number;
  /** How long a peer may take to answer a close frame. */
  readonly closeGraceMs: number;
  /** The same of one that is closed for being slow: it is told why once it reads again. */
  readonly slowGraceMs: number;
  /** Open at once per user and instance; one more is refused. */
  readonly perUserMax: number;
}

export const socketLimits: SocketLimits = {
  heartbeatMs: 30_000,
  waitingBytesMax: 4 * 1024 * 1024,
  stalledMsMax: 10_000,
  messageBytesMax: 64 * 1024,
  heardFramesMax: 20,
  heardBytesMax: 8 * 1024,
  errorsMax: 10,
  closeGraceMs: 1_000,
  slowGraceMs: 30_000,
  perUserMax: 20,
};
