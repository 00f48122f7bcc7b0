/** Why the server ends a connection (RFC 6455 section 7.4; 4000 and up are ours). */
export const closeCode = {
  /** The instance is going down, or the gateway on the way to it: connect again. */
  goingAway: 1001,
  /** Nobody can say whether the session still lives: connect again later. */
  tryAgainLater: 1013,
  /** Ten frames that were not understood. */
  notUnderstood: 4400,
  /** The session is over: it was revoked, or the token that opened the socket has expired. */
  sessionOver: 4401,
  /** Takes too slowly what is sent: connect again and resume. */
  tooSlow: 4408,
} as const;
export type CloseCode = (typeof closeCode)[keyof typeof closeCode];
