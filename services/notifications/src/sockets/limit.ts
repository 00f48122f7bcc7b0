/** What a socket may cost. */
export interface SocketLimits {
  /** How often a peer is asked for a sign of life; without one until the next time it is dead. */
  readonly heartbeatMs: number;
  /** Frames waiting for a client that doesn't take them. */
  readonly waitingBytesMax: number;
  /** How long a client may take nothing while something waits. */
  readonly stalledMsMax: number;
  readonly messageBytesMax: number;
  /** Frames after which no more of a client is read before the next tick, four times a second; what has been read is heard. */
  readonly heardFramesMax: number;
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
  errorsMax: 10,
  closeGraceMs: 1_000,
  slowGraceMs: 30_000,
  perUserMax: 20,
};
