/** This server can't be used, and asking again would not change it: a wrong password, a server of another kind. One line for an operator. */
export class CacheRefused extends Error {
  override readonly name = 'CacheRefused';
}
/** It answered nothing in time. */
export class Silence extends Error {
  override readonly name = 'Silence';
  constructor(ms: number) {
    super(`did not answer within ${ms} ms`);
  }
}

export interface Trouble {
  /** Says what is wrong with the server; follows its name. */
  readonly line: string;
  /** Trying again would not help. */
  readonly lasting: boolean;
}

/** By what the server, or the reader of what it sends, begins with. */
const refusals: readonly (readonly [start: RegExp, line: string])[] = [
  [/^(WRONGPASS|ERR invalid password|ERR invalid username-password)/i, 'refuses the user name or password'],
  [/^(NOAUTH|ERR operation not permitted)/i, 'wants a user name or password'],
  [/^NOPERM/, 'does not let this user run the commands that are needed'],
  [/DB index is out of range|invalid DB index/i, 'has no database of that number'],
  [/^Unknown RESP type/, 'does not speak the protocol of Redis; check the host and port in its URL'],
];
const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: nothing listens there',
  ECONNRESET: 'closes the connection',
  EPIPE: 'closes the connection',
  ETIMEDOUT: 'can not be reached: no answer to a connection',
  ENOTFOUND: 'can not be found: there is no host of that name',
  EAI_AGAIN: 'can not be found: names are not resolved at the moment',
  EHOSTUNREACH: 'can not be reached: no way to that host',
  ENETUNREACH: 'can not be reached: no way to that network',
};

const clientsWords: readonly (readonly [start: RegExp, line: string])[] = [
  [/^Connection is closed|^Reached the max retries|^Stream isn't writeable/, 'closes the connection'],
  [/^Command timed out/, 'accepts a connection and answers nothing'],
];

const saidBy = (table: readonly (readonly [start: RegExp, line: string])[], message: string): string | undefined =>
  table.find(([start]) => start.test(message))?.[1];

/** @param error whatever was thrown: by us, the client library, or Node */
export function troubleOf(error: unknown): Trouble {
  const { message, code } = error as NodeJS.ErrnoException;
  if (error instanceof CacheRefused) return { line: message, lasting: true };
  const lasting = saidBy(refusals, message);
  if (lasting !== undefined) return { line: lasting, lasting: true };
  return { line: codes[code ?? ''] ?? saidBy(clientsWords, message) ?? message.split('\n', 1)[0]!, lasting: false };
}

/** Whether somebody was there who only hung up, or said nothing: a server that starts or hangs, or one of another kind. */
export function saidNothing(error: unknown): boolean {
  const { message, code } = error as NodeJS.ErrnoException;
  return error instanceof Silence || ['ECONNRESET', 'EPIPE'].includes(code ?? '') || saidBy(clientsWords, message) !== undefined;
}
